import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/match/event.ts';
import { createRuleIndex } from '../../src/match/index/rule-index.ts';
import { collect } from '../../src/sigma/collection/collection.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { expectAgreement, type IndexedBothWays, indexable } from '../index-agreement.ts';
import { loadEvents } from '../judges/events.ts';
import { mutations } from '../mutations.ts';
import { corpusDocuments } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

const corpusRules = (): readonly IndexedBothWays[] =>
  indexable(collect(corpusDocuments(), createBag()), new Map());

/** Every event as it is, and a near miss of some for the rule that it was made for. */
function eventsFor(rules: readonly IndexedBothWays[]): readonly Event[] {
  const queries = new Map(rules.map(({ ruleId, query }) => [ruleId, query]));
  return loadEvents(shared).flatMap(({ ruleId, event }, index) => {
    const query = queries.get(ruleId);
    const near = query && index % 2 === 0 ? mutations(event, query) : [];
    return [event, ...near.slice(index % 7, (index % 7) + 1)];
  });
}

describe('the rules of the corpus', () => {
  const corpus = corpusRules();
  const events = eventsFor(corpus);

  test.each([
    ['as written', corpus],
    [
      'for events of Sysmon and of the event log',
      corpus.map(({ id, processed }) => ({ id, query: processed })),
    ],
  ] as const)('%s mean the same events with the index as one by one', (_, rules) => {
    expect(rules.length).toBeGreaterThan(3700);
    expect(createRuleIndex(rules).always).toBeLessThan(rules.length / 20);
    expect(expectAgreement(rules, events)).toBeGreaterThan(events.length / 2);
  });
});
