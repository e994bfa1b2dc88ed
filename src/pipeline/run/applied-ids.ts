type Ids = ReadonlySet<string>;

/**
 * Rules by the thousand are touched by the same items in the same order: each set of ids is made
 * once.
 */
const firsts = new Map<string, Ids>();
const longer = new WeakMap<Ids, Map<string, Ids>>();

/** The ids with one more. */
export function withAppliedId(ids: Ids | undefined, id: string): Ids {
  if (ids?.has(id)) return ids;
  const known = ids ? nextOf(ids) : firsts;
  const before = known.get(id);
  if (before) return before;
  const made: Ids = new Set([...(ids ?? []), id]);
  known.set(id, made);
  return made;
}

function nextOf(ids: Ids): Map<string, Ids> {
  const known = longer.get(ids) ?? new Map<string, Ids>();
  longer.set(ids, known);
  return known;
}
