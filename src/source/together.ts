import type { Complaint, DiagnosticBag } from './diagnostic.ts';
import type { SourceFile } from './span.ts';

/**
 * One of several complaints of one kind: a whole sentence by itself, and a few words among others.
 */
export interface Similar extends Complaint {
  readonly file: SourceFile;
  readonly short: string;
}

/** More of a kind are one complaint. */
const most = 5;

/**
 * Adds each complaint; of many it makes one, at the place of the first, which begins with their
 * number and names some of them.
 */
export function addTogether(bag: DiagnosticBag, found: readonly Similar[], what: string): void {
  const [first] = found;
  if (!first) return;
  if (found.length <= most) {
    for (const { file, short: _, ...complaint } of found) bag.add(file, complaint);
    return;
  }
  const { file, short: _, ...complaint } = first;
  const named = found.slice(0, most).map(({ short }) => short);
  bag.add(file, {
    ...complaint,
    message: `${found.length} ${what}: ${named.join(', ')} and ${found.length - most} more`,
  });
}
