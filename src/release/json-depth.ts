/** Sigpack writes no deeper lists, and too deep for what reads them. */
export const maximumDepth = 100;

/** Servers answer in deeper ones, and records of theirs are read back. */
export const maximumAnswerDepth = 200;

/** Whether more than so many lists and objects of a JSON value lie in one another. */
export function isTooDeep(json: unknown, maximum = maximumDepth): boolean {
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value: json, depth: 0 }];
  for (let next = left.pop(); next; next = left.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth >= maximum) return true;
    for (const inner of Object.values(next.value))
      left.push({ value: inner, depth: next.depth + 1 });
  }
  return false;
}
