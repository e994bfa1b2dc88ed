import { describe, expect, it } from 'vitest';
import { splunkSearch } from '../../src/backend/splunk/splunk.ts';
import { compileFolders } from '../compile.ts';
import { corpusFolders, shared } from './corpus.ts';
import { loadEvents } from '../judges/events.ts';
import { compileSpl, searchStageOnly } from '../judges/spl/spl.ts';
import type { Event } from '../judges/spl/value.ts';
import { matches } from '../matcher.ts';
import { mutations } from '../mutations.ts';

/**
 * Each search of the corpus, run by the independent reader of SPL over real events and near misses made of them, must find what the rule
 * means. Under both readings of a missing field, since Splunk's documents leave that open.
 */
describe('Splunk searches mean what the rules mean', () => {
  const rules = compileFolders(corpusFolders).filter((rule) => rule.kind === 'detection');
  const loaded = loadEvents(shared);
  const events = loaded.map(({ event }): Event => ({ ...event, _raw: Object.values(event).join(' ') }));

  const byRule = new Map<string, Event[]>();
  for (const [index, { ruleId }] of loaded.entries()) byRule.set(ruleId, [...(byRule.get(ruleId) ?? []), events[index] ?? {}]);

  const numbered = (list: readonly Event[]): readonly Event[] => list.map((event, index) => ({ ...event, sigpack_n: index }));

  function disagreements(list: typeof rules, over: readonly Event[], cloudSafe: boolean): string[] {
    const found: string[] = [];
    for (const { rule, query } of list) {
      const conversion = splunkSearch(query, 'index=*', { cloudSafe });
      if (!conversion.ok) {
        found.push(`${rule.title}: ${conversion.problems[0]?.message}`);
        continue;
      }
      const wanted = over.filter((event) => matches(query, event));
      // without a where stage there is no null to read in two ways
      const readings = conversion.value.includes(' | where ') ? (['unknown', 'false'] as const) : (['unknown'] as const);
      for (const nulls of readings) {
        const hits = new Set(
          compileSpl(conversion.value, { nulls })
            .run(over)
            .map((row) => row.sigpack_n),
        );
        const agree = hits.size === wanted.length && wanted.every((event) => hits.has(event.sigpack_n));
        if (!agree) found.push(`${rule.title} (${nulls}): ${hits.size} hits, ${wanted.length} wanted: ${conversion.value.slice(0, 300)}`);
      }
      const superset = searchStageOnly(conversion.value);
      if (!wanted.every((event) => superset(event))) found.push(`${rule.title}: the search stage drops events: ${conversion.value.slice(0, 300)}`);
    }
    return found;
  }

  it('over all real events, for every rule', () => {
    expect(rules.length).toBeGreaterThan(3_700);
    // every fourth event and the rule's own: enough to see a difference, in a quarter of the time
    const sample = events.filter((_, index) => index % 4 === 0);
    const found = rules.flatMap((compiled) => disagreements([compiled], numbered([...sample, ...(byRule.get(compiled.rule.id ?? '') ?? [])]), true));
    expect(found).toEqual([]);
  });

  it('over near misses, for the rules that have events', () => {
    let compared = 0;
    const found = rules.flatMap((compiled) => {
      const own = byRule.get(compiled.rule.id ?? '') ?? [];
      if (own.length === 0) return [];
      const near = numbered(own.slice(0, 2).flatMap((event) => [event, ...mutations(event, compiled.query)]));
      compared += near.length;
      return [true, false].flatMap((cloudSafe) => disagreements([compiled], near, cloudSafe));
    });
    expect(compared).toBeGreaterThan(2_000);
    expect(found).toEqual([]);
  });
});
