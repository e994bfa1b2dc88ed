import { byClaim } from '../sigma/collection/precedence.ts';
import type { ConvertedEntry } from './target.ts';

/** How a target names converted rules. */
export interface Naming {
  /** The names of a rule that no other rule competes for. */
  readonly wantedBy: (entry: ConvertedEntry) => readonly string[];
  /** Names with the same key are one to the target. */
  readonly keyOf?: (name: string) => string;
  readonly join?: (name: string, mark: string) => string;
}

/**
 * Names by rule, each once. The plain one goes to the rule with the best claim. The others get the
 * first digits of their ids, or a number if they have no id.
 */
export function createDistinctNames({
  wantedBy,
  keyOf = (name) => name,
  join = (name, mark) => `${name}-${mark}`,
}: Naming) {
  const known = new WeakMap<
    readonly ConvertedEntry[],
    ReadonlyMap<ConvertedEntry, readonly string[]>
  >();
  const namesOf = (
    entries: readonly ConvertedEntry[],
  ): ReadonlyMap<ConvertedEntry, readonly string[]> => {
    const taken = new Set<string>();
    const take = (name: string): boolean =>
      !taken.has(keyOf(name)) && taken.add(keyOf(name)).has(keyOf(name));
    const claims = entries
      .toSorted((a, b) => byClaim(a.rule, b.rule))
      .map((entry) => ({
        entry,
        names: wantedBy(entry).map((name) => ({ name, isOwn: take(name) })),
      }));
    return new Map(
      claims.map(({ entry, names }) => [
        entry,
        names.map(({ name, isOwn }) => (isOwn ? name : marked(name, entry, join, take))),
      ]),
    );
  };
  return (entries: readonly ConvertedEntry[]): ReadonlyMap<ConvertedEntry, readonly string[]> => {
    const names = known.get(entries) ?? namesOf(entries);
    known.set(entries, names);
    return names;
  };
}

function marked(
  name: string,
  { rule: { id } }: ConvertedEntry,
  join: (name: string, mark: string) => string,
  take: (name: string) => boolean,
): string {
  const digits = id?.replace(/[^0-9a-z]/gi, '') ?? '';
  const byId =
    digits === ''
      ? undefined
      : [8, 12, 16, 32].map((count) => join(name, digits.slice(0, count))).find(take);
  if (byId !== undefined) return byId;
  for (let number = 2; ; number++)
    if (take(join(name, String(number)))) return join(name, String(number));
}
