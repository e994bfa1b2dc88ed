import type { SettledBody } from '../query/settled.ts';
import { rebuilt } from './settled-parts.ts';

type Ids = ReadonlySet<string>;

/** Rules by the thousand get the same ids in the same order, so each set is made once. */
const singleIds = new Map<string, Ids>();
const longer = new WeakMap<Ids, Map<string, Ids>>();

/** The ids of the processing items that were applied, with one more. */
export function withAppliedId(ids: Ids | undefined, id: string): Ids {
  if (ids?.has(id)) return ids;
  const known = ids ? longerThan(ids) : singleIds;
  const before = known.get(id);
  if (before) return before;
  const extended = new Set([...(ids ?? []), id]);
  known.set(id, extended);
  return extended;
}

function longerThan(ids: Ids): Map<string, Ids> {
  const before = longer.get(ids);
  if (before) return before;
  const known = new Map<string, Ids>();
  longer.set(ids, known);
  return known;
}

/** The body with one more id on each item, by which later items know it. */
export const markedWith = (body: SettledBody, id: string): SettledBody =>
  rebuilt(body, (item) => ({ ...item, applied: withAppliedId(item.applied, id) }));
