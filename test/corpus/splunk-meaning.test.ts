import { describe, expect, it } from 'vitest';
import { loadEvents } from '../judges/events.ts';
import type { Event } from '../judges/spl/value.ts';
import { mutations } from '../mutations.ts';
import { numbered, splunkDisagreements } from '../splunk-agreement.ts';
import { compiledCorpus } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

describe('Splunk searches mean what the rules mean', () => {
  const rules = compiledCorpus().filter((rule) => rule.kind === 'detection');
  const loaded = loadEvents(shared);
  const events = loaded.map(
    ({ event }): Event => ({ ...event, _raw: Object.values(event).join(' ') }),
  );

  const byRule = new Map<string, Event[]>();
  for (const [index, { ruleId }] of loaded.entries())
    byRule.set(ruleId, [...(byRule.get(ruleId) ?? []), events[index] ?? {}]);

  it('over all real events, for every rule', () => {
    expect(rules.length).toBeGreaterThan(3_700);
    // every fourth event and the rule's own: enough to see a difference, in a quarter of the time
    const sample = events.filter((_, index) => index % 4 === 0);
    const found = rules.flatMap((compiled) =>
      splunkDisagreements(
        compiled,
        numbered([...sample, ...(byRule.get(compiled.rule.id ?? '') ?? [])]),
        true,
      ),
    );
    expect(found).toEqual([]);
  });

  it('over near misses, for the rules that have events', () => {
    let compared = 0;
    const found = rules.flatMap((compiled) => {
      const own = byRule.get(compiled.rule.id ?? '') ?? [];
      if (own.length === 0) return [];
      const near = numbered(
        own.slice(0, 2).flatMap((event) => [event, ...mutations(event, compiled.query)]),
      );
      compared += near.length;
      return [true, false].flatMap((cloudSafe) => splunkDisagreements(compiled, near, cloudSafe));
    });
    expect(compared).toBeGreaterThan(2_000);
    expect(found).toEqual([]);
  });
});
