import type { DiagnosticBag, NewDiagnostic } from './diagnostic.ts';
import type { SourceFile } from './span.ts';

/**
 * One of several diagnostics of one kind: a whole sentence by itself, and a few words among others.
 */
export interface Similar extends NewDiagnostic {
  readonly file: SourceFile;
  readonly short: string;
}

/** More of a kind are one diagnostic. */
const most = 5;

/**
 * Adds each diagnostic; of many it makes one, at the place of the first, which begins with their
 * number and names some of them.
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
