import { type GroupedCount, groupedText } from '../../pack/splunk/grouped/grouped-count.ts';
import { numberText } from '../../source/number-text.ts';
import type { Snapshot } from '../snapshot.ts';

/** Detections that run in other searches than before. */
export interface GroupedChange {
  readonly before: GroupedCount;
  readonly after: GroupedCount;
  /** Ids of detections of both sides that only now run in a grouped search, sorted. */
  readonly joined: readonly string[];
  /** Ids of those that ran in one, and now run by themselves, sorted. */
  readonly left: readonly string[];
}

/** Undefined where nothing changed, or one side does not say what is scheduled. */
export function groupedChange(from: Snapshot, to: Snapshot): GroupedChange | undefined {
  if (!from.grouped || !to.grouped) return undefined;
  const [before, after] = [countOf(from.grouped), countOf(to.grouped)];
  const isIn = (side: Snapshot, id: string): boolean => side.grouped?.has(id) === true;
  const both = [...from.entries.keys()].filter((id) => to.entries.has(id)).sort();
  const joined = both.filter((id) => !isIn(from, id) && isIn(to, id));
  const left = both.filter((id) => isIn(from, id) && !isIn(to, id));
  const isSame =
    before.detections === after.detections &&
    before.searches === after.searches &&
    joined.length === 0 &&
    left.length === 0;
  return isSame ? undefined : { before, after, joined, left };
}

const countOf = (grouped: ReadonlyMap<string, string>): GroupedCount => ({
  detections: grouped.size,
  searches: new Set(grouped.values()).size,
});

/** `3 detections run in 1 grouped search (before: each by itself)`. */
export function groupedChangeText({ before, after, joined, left }: GroupedChange): string {
  const moved = [
    ...(joined.length > 0 && before.detections > 0
      ? [`${numberText(joined.length)} now in a group`]
      : []),
    ...(left.length > 0 && after.detections > 0
      ? [`${numberText(left.length)} now by themselves`]
      : []),
  ];
  const more = moved.length === 0 ? '' : `; ${moved.join(', ')}`;
  const start = after.detections === 0 ? 'each detection runs by itself' : groupedText(after);
  const old = before.detections === 0 ? 'each by itself' : groupedText(before);
  return `${start} (before: ${old})${more}`;
}
