import { type CodeRanges, MAX_CODE_POINT } from '../../../regex/set.ts';
import type { Ir } from './ir.ts';
import type { Machine } from './machine.ts';

/** Ranges that the same sets hold are one class: most sets hold all but a few characters. */
export function charClasses(ir: Ir): Machine['classes'] {
  const sets = new Set<CodeRanges>();
  collectSets(ir, sets);
  const starts = new Set<number>();
  for (const ranges of sets) for (const [low, high] of ranges) starts.add(low).add(high + 1);
  const bounds = [...starts].sort((a, b) => a - b).filter((bound) => bound <= MAX_CODE_POINT);
  const numbers = new Map(bounds.map((bound, index) => [bound, index]));
  const classOf = bounds.map(() => 0);
  let count = 1;
  const membersOf = (ranges: CodeRanges): readonly number[] => {
    const members: number[] = [];
    for (const [low, high] of ranges)
      for (let at = numbers.get(low) ?? 0; at < bounds.length && (bounds[at] ?? 0) <= high; at++)
        members.push(at);
    return members;
  };
  for (const ranges of sets) {
    const parted = new Map<number, number>();
    for (const at of membersOf(ranges)) {
      const before = classOf[at] ?? 0;
      const after = parted.get(before) ?? count++;
      parted.set(before, after);
      classOf[at] = after;
    }
  }
  // numbered anew: most of those on the way are empty
  const names = new Map([...new Set(classOf)].map((name, index) => [name, index]));
  return new Map(
    [...sets].map((ranges) => [
      ranges,
      [...new Set(membersOf(ranges).map((at) => names.get(classOf[at] ?? 0) ?? 0))].sort(
        (a, b) => a - b,
      ),
    ]),
  );
}

function collectSets(ir: Ir, into: Set<CodeRanges>): void {
  if (ir.kind === 'set') into.add(ir.ranges);
  else if (ir.kind === 'repeat') collectSets(ir.item, into);
  else if (ir.kind === 'except') for (const part of [ir.item, ir.except]) collectSets(part, into);
  else for (const item of ir.items) collectSets(item, into);
}
