import { type GroupedRule, groupedRule } from '../src/backend/splunk/grouped/grouped-rule.ts';
import {
  type GroupedSearch,
  type GroupedSearches,
  groupedSearches,
} from '../src/backend/splunk/grouped/grouped-search.ts';
import type { Query } from '../src/query/tree.ts';
import { uuidV5 } from '../src/source/uuid.ts';
import { compileSpl, searchStageOnly } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { matches } from './matcher.ts';

export interface AskedRule {
  readonly id: string;
  readonly query: Query;
}

/** The UUID of a name. */
export const idOf = (name: string): string => uuidV5('b3c8f0de-6f2a-4a55-9d3c-5f1d7a0e7c21', name);

/** Searches of the rules, of which none is left out for its length; and who can be in none. */
export function groupedOf(
  rules: readonly AskedRule[],
  {
    cloudSafe = true,
    maxBytes = 64_000,
    maxRules = 500,
    scope = 'index=*',
    field = 'sigpack_n',
  } = {},
): GroupedSearches<GroupedRule> & { readonly refused: ReadonlyMap<string, string> } {
  const refused = new Map<string, string>();
  const able = rules.flatMap(({ id, query }) => {
    const made = groupedRule(id, query, cloudSafe);
    if (made.ok) return [made.value];
    refused.set(id, made.error);
    return [];
  });
  const tailOf = () => ({ fields: [field], commands: [] });
  return { ...groupedSearches(able, { scope, maxBytes, maxRules, tailOf }), refused };
}

/** Pairs of the id of a rule and the number of an event that a search finds. */
export const pairsFound = (
  { text }: Pick<GroupedSearch<GroupedRule>, 'text'>,
  events: readonly Event[],
  nulls: 'unknown' | 'false',
  field = 'sigpack_n',
): readonly string[] =>
  compileSpl(text, { nulls })
    .run(events)
    .map((row) => `${row.sigma_rule} ${row[field]}`);

/**
 * Where grouped searches, run by the independent reader of SPL, find other pairs of rule and event
 * than the rules mean; under both readings of a missing field.
 *
 * @param events - Numbered in `sigpack_n`.
 */
export function groupedDisagreements(
  rules: readonly AskedRule[],
  searches: readonly GroupedSearch<GroupedRule>[],
  events: readonly Event[],
  isKnown: (query: Query, event: Event) => boolean = () => false,
): { readonly wrong: readonly string[]; readonly pairs: number } {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const byNumber = new Map(events.map((event) => [String(event.sigpack_n), event]));
  const isKnownPair = (pair: string): boolean => {
    const [id = '', number = ''] = pair.split(' ');
    return isKnown(byId.get(id)?.query as Query, byNumber.get(number) as Event);
  };
  let pairs = 0;
  const wrong = searches.flatMap((search) => {
    const wanted = new Set<string>();
    const loose = searchStageOnly(search.text);
    const lost: string[] = [];
    for (const event of events) {
      const ids = search.rules
        .map(({ id }) => id)
        .filter((id) => matches(byId.get(id)?.query as Query, event));
      if (ids.length > 0 && !loose(event)) lost.push(`${ids[0]} ${event.sigpack_n}`);
      for (const id of ids) wanted.add(`${id} ${event.sigpack_n}`);
    }
    pairs += wanted.size;
    const unlike = (['unknown', 'false'] as const).flatMap((nulls) => {
      const rows = pairsFound(search, events, nulls);
      const found = new Set(rows);
      const twice = rows.length > found.size ? ['a pair is found twice'] : [];
      const missed = [...wanted].filter((pair) => !found.has(pair) && !isKnownPair(pair));
      const extra = [...found].filter((pair) => !wanted.has(pair) && !isKnownPair(pair));
      return [
        ...twice,
        ...missed.map((pair) => `missed ${pair} (${nulls})`),
        ...extra.map((pair) => `found ${pair} (${nulls})`),
      ];
    });
    return [...unlike, ...lost.map((pair) => `the search stage loses ${pair}`)].map(
      (line) => `${line}: ${search.text.slice(0, 300)}`,
    );
  });
  return { wrong, pairs };
}
