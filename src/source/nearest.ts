const longestName = 64;

/**
 * The candidate most likely meant by a misspelt name; undefined if none is near. Letter case counts
 * as no difference.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longestName) return undefined;
  const wanted = name.toLowerCase();
  const known = [...candidates];
  const longer = completion(wanted, known);
  if (longer !== undefined) return longer;
  let best: string | undefined;
  let limit = name.length < 3 ? 1 : Math.max(2, Math.floor(name.length / 3));
  for (const candidate of known) {
    if (candidate.length > longestName || Math.abs(candidate.length - name.length) > limit)
      continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    // a distance as long as the name itself would make any short word near
    if (distance > limit || distance >= Math.max(name.length, candidate.length)) continue;
    if (best !== undefined && distance === limit) continue;
    best = candidate;
    limit = distance;
    if (distance === 0) break;
  }
  return best;
}

/**
 * The candidate of which a name is a slip; undefined if none is as near as that. For names that
 * somebody may have chosen as they are: less is near than for {@link nearest}.
 */
export const nearestSlip = (name: string, candidates: Iterable<string>): string | undefined =>
  nearest(
    name,
    Array.from(candidates).filter((one) => isSlip(name, one)),
  );

/** A name with another number is another name. */
export function isSlip(name: string, meant: string): boolean {
  const limit = Math.max(1, Math.floor(name.length / 5));
  return (
    name.length <= longestName &&
    Math.abs(name.length - meant.length) <= limit &&
    name.replaceAll(/\d/g, '') !== meant.replaceAll(/\d/g, '') &&
    editDistance(name.toLowerCase(), meant.toLowerCase()) <= limit
  );
}

/**
 * The shortest candidate that begins like the name: what was typed is usually right, but not
 * complete.
 */
function completion(wanted: string, candidates: readonly string[]): string | undefined {
  if (wanted.length < 3) return undefined;
  let best: string | undefined;
  for (const candidate of candidates)
    if (
      candidate.length <= longestName &&
      candidate.toLowerCase().startsWith(wanted) &&
      (best === undefined || candidate.length < best.length)
    )
      best = candidate;
  return best;
}

/**
 * Counts insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The hint for a misspelt name. The editor's quick fix takes the name from it. */
export const didYouMean = (name: string): string => `Did you mean \`${name}\`?`;

/** `Did you mean ...?` for a misspelt name, otherwise the list of candidates. */
export function nearestHint(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near === undefined ? `Known: ${candidates.join(', ')}.` : didYouMean(near);
}
