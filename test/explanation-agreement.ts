import { matcherOf } from '../src/match/matcher.ts';
import { createCombiner, createSettler } from '../src/query/compile.ts';
import { decisive, explainedMatch } from '../src/rule-test/explanation.ts';
import type { Collection, Rule } from '../src/sigma/collection/collection.ts';
import type { Pattern } from '../src/sigma/value/pattern.ts';
import { createBag } from '../src/source/diagnostic.ts';
import type { TestEvent } from './matcher.ts';

/**
 * Explains each event to its rule and throws where the explanation, or what decides of it, says
 * other than the matcher; how many hold and how many do not.
 */
export function explanationCounts(
  collection: Collection,
  placeholders: ReadonlyMap<string, readonly Pattern[]>,
  eventsOf: (rule: Rule) => readonly TestEvent[],
): { readonly holds: number; readonly not: number } {
  const bag = createBag();
  const settle = createSettler(collection, { placeholders, bag });
  const combine = createCombiner(bag);
  const counts = { holds: 0, not: 0 };
  for (const rule of collection.rules) {
    const settled = settle(rule);
    const compiled = settled && combine(settled);
    if (settled?.kind !== 'detection' || compiled?.kind !== 'detection') continue;
    const matcher = matcherOf(compiled.query);
    if (!matcher.ok) continue;
    for (const event of eventsOf(rule)) {
      const reason = explainedMatch(settled, event);
      if (reason?.holds !== matcher.value(event) || decisive(reason).holds !== reason.holds)
        throw new Error(`${rule.title}: ${JSON.stringify(event)}`);
      counts[reason.holds ? 'holds' : 'not']++;
    }
  }
  return counts;
}
