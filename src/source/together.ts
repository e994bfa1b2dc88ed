import type { DiagnosticBag, NewDiagnostic } from './diagnostic.ts';
import { firstFew } from './plural.ts';
import type { SourceFile } from './span.ts';

/** One of several similar diagnostics: a sentence by itself, and a few words for a list. */
export interface Similar extends NewDiagnostic {
  readonly file: SourceFile;
  readonly short: string;
}

/** If there are more, they become one diagnostic. */
const maximumApart = 5;

/**
 * Adds each diagnostic, or one for all if there are many: at the place of the first, with their
 * number and the names of some.
 */
export function addTogether(bag: DiagnosticBag, similar: readonly Similar[], what: string): void {
  const [first] = similar;
  if (!first) return;
  if (similar.length <= maximumApart) {
    for (const { file, short: _, ...diagnostic } of similar) bag.add(file, diagnostic);
    return;
  }
  const { file, short: _, ...diagnostic } = first;
  const named = firstFew(
    similar.map(({ short }) => short),
    maximumApart,
  );
  bag.add(file, {
    ...diagnostic,
    message: `${similar.length} ${what}: ${named}`,
  });
}
