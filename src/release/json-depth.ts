/** Sigpack writes no deeper lists, and too deep for what reads them. */
export const maximumDepth = 100;

export function isTooDeep(json: unknown): boolean {
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value: json, depth: 0 }];
  for (let next = left.pop(); next; next = left.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth >= maximumDepth) return true;
    for (const inner of Object.values(next.value)) left.push({ value: inner, depth: next.depth + 1 });
  }
  return false;
}
