import { describe, expect, it } from 'vitest';
import { loadEvents } from '../judges/events.ts';
import type { Event } from '../judges/spl/value.ts';
import { mutations } from '../mutations.ts';
import { type AskedRule, groupedDisagreements, groupedOf, idOf } from '../splunk-grouped.ts';
import { compiledCorpus } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

describe('grouped Splunk searches of the corpus', () => {
  const loaded = loadEvents(shared).map(({ ruleId, event }) => ({
    ruleId,
    event: { ...event, _raw: Object.values(event).join(' ') } as Event,
  }));
  const byRule = Map.groupBy(loaded, ({ ruleId }) => ruleId);
  /** Events of other rules, which each group sees as well. */
  const strangers = loaded.filter((_, index) => index % 8 === 0).map(({ event }) => event);
  const rules = compiledCorpus().filter((rule) => rule.kind === 'detection');
  const groups = Map.groupBy(rules, ({ rule: { logsource } }) =>
    JSON.stringify([logsource.product, logsource.category, logsource.service]),
  );

  it('are few, and find exactly the pairs of rule and event that the rules mean', () => {
    let searches = 0;
    let pairs = 0;
    let compared = 0;
    const alone: string[] = [];
    const wrong = [...groups.values()].flatMap((group) => {
      const asked = group.map(
        ({ rule, query }): AskedRule => ({ id: rule.id ?? idOf(rule.title), query }),
      );
      const made = groupedOf(asked);
      alone.push(...made.tooLong.map(({ id }) => id), ...made.refused.keys());
      searches += made.searches.length;
      const queries = new Map(asked.map(({ id, query }) => [id, query]));
      return made.searches.flatMap((search) => {
        const own = search.rules.flatMap(
          ({ id }) => byRule.get(id)?.map(({ event }) => event) ?? [],
        );
        const near = search.rules.flatMap(({ id }) =>
          (byRule.get(id) ?? []).slice(0, 2).flatMap(({ event }) => {
            const query = queries.get(id);
            return query ? mutations(event, query) : [];
          }),
        );
        const events = [...own, ...near, ...strangers].map(
          (event, sigpack_n): Event => ({ ...event, sigpack_n }),
        );
        compared += events.length;
        const found = groupedDisagreements(asked, [search], events);
        pairs += found.pairs;
        return found.wrong;
      });
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(rules.length).toBeGreaterThan(3_700);
    expect(searches + alone.length).toBeLessThan(200);
    expect(alone.length).toBeLessThan(12);
    expect(pairs).toBeGreaterThan(2_000);
    expect(compared).toBeGreaterThan(5_000);
  });
});
