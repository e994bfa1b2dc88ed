import { describe, expect, it } from 'vitest';
import type { Event } from './judges/spl/value.ts';
import { detectionsOfRuleSet, isFlat, nearEvents } from './rule-set-events.ts';
import { numbered, splunkDisagreements } from './splunk-agreement.ts';

const withRaw = (event: Event): Event => ({ ...event, _raw: event._raw ?? Object.values(event).join(' ') });

describe('Splunk searches mean what the rules of the rule set mean', () => {
  const entries = detectionsOfRuleSet();
  const all = entries.flatMap(({ hits, misses }) => [...hits, ...misses]).filter(isFlat);

  it('over their events and near misses of them', () => {
    let compared = 0;
    const found = entries.flatMap(({ path, rule, hits, misses }, index) => {
      const others = all.filter((_, at) => (at + index) % 16 === 0);
      const near = numbered([...nearEvents(rule.query, [...hits, ...misses]), ...others].map(withRaw));
      compared += near.length;
      return [true, false].flatMap((cloudSafe) => splunkDisagreements(rule, near, cloudSafe).map((text) => `${path}: ${text}`));
    });
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThan(3_000);
  });
});
