export interface LineChange {
  readonly kind: 'added' | 'removed';
  readonly line: string;
}

/** Longer lists are shown whole, removed before added: the comparison is quadratic. */
const most = 1500;

/**
 * What changed between two lists of lines, in order, by their longest common subsequence. Of
 * several equally long ones, that of the package `diff` splits values from their fields in some
 * rules.
 */
export function lineChanges(
  before: readonly string[],
  after: readonly string[],
): readonly LineChange[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end++;
  return compared(before.slice(start, before.length - end), after.slice(start, after.length - end));
}

function compared(before: readonly string[], after: readonly string[]): readonly LineChange[] {
  const removed = (line: string): LineChange => ({ kind: 'removed', line });
  const added = (line: string): LineChange => ({ kind: 'added', line });
  if (before.length > most || after.length > most)
    return [...before.map(removed), ...after.map(added)];
  const width = after.length + 1;
  const lengths = commonLengths(before, after);
  const changes: LineChange[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const line = before[i];
    if (line !== undefined && line === after[j]) {
      i++;
      j++;
    } else if (
      line !== undefined &&
      (j >= after.length ||
        (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      changes.push(removed(line));
      i++;
    } else changes.push(added(after[j++] ?? ''));
  }
  return changes;
}

/**
 * Length of the longest common subsequence of what follows each pair of places; a row of
 * `after.length + 1` for each place of `before`.
 */
function commonLengths(before: readonly string[], after: readonly string[]): Uint16Array {
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const below = lengths[(i + 1) * width + j] ?? 0;
      const right = lengths[i * width + j + 1] ?? 0;
      lengths[i * width + j] =
        before[i] === after[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(below, right);
    }
  }
  return lengths;
}
