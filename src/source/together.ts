import type { DiagnosticBag, NewDiagnostic } from './diagnostic.ts';
import type { SourceFile } from './span.ts';

/** One of several similar diagnostics: a sentence by itself, and a few words for a list. */
export interface Similar extends NewDiagnostic {
  readonly file: SourceFile;
  readonly short: string;
}

/** If there are more, they become one diagnostic. */
const most = 5;

/**
 * Adds each diagnostic, or one for all if there are many: at the place of the first, with their
 * number and the names of some.
 */
export function addTogether(bag: DiagnosticBag, found: readonly Similar[], what: string): void {
  const [first] = found;
  if (!first) return;
  if (found.length <= most) {
    for (const { file, short: _, ...diagnostic } of found) bag.add(file, diagnostic);
    return;
  }
  const { file, short: _, ...diagnostic } = first;
  const named = found.slice(0, most).map(({ short }) => short);
  bag.add(file, {
    ...diagnostic,
    message: `${found.length} ${what}: ${named.join(', ')} and ${found.length - most} more`,
  });
}
