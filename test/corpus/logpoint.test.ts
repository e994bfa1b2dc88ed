import { describe, expect, it } from 'vitest';
import { defaultTargetSettings } from '../../src/backend/registry.ts';
import { loadEvents } from '../judges/events.ts';
import { readLogPoint, unquoted } from '../logpoint-reader.ts';
import { matches } from '../matcher.ts';
import { logpoint } from '../registered.ts';
import { compiledCorpus } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

describe('the corpus', () => {
  it('is refused only for what LogPoint lacks, and every quote is closed', () => {
    const problems: string[] = [];
    for (const rule of compiledCorpus()) {
      const conversion = logpoint.convert(rule, defaultTargetSettings);
      if (!conversion.ok)
        problems.push(...conversion.error.map(({ message }) => message.slice(0, 30)));
      else
        for (const query of conversion.value.queries)
          expect([unquoted(query, false), query.includes('\n')]).toEqual([
            expect.any(String),
            false,
          ]);
    }
    expect(problems.sort()).toEqual(
      [...Array(5).fill("LogPoint's search can't compare"), 'the rule would take more than 16'].map(
        (text) => text.slice(0, 30),
      ),
    );
  });
});

describe('the real events', () => {
  it('are found by the queries of a rule where the rule means them', () => {
    const events = loadEvents(shared);
    const rules = new Map(compiledCorpus().map((rule) => [rule.rule.id, rule]));
    const wrong: string[] = [];
    let found = 0;
    for (const ruleId of new Set(events.map((loaded) => loaded.ruleId))) {
      const rule = rules.get(ruleId);
      const conversion = rule && logpoint.convert(rule, defaultTargetSettings);
      if (rule?.kind !== 'detection' || !conversion?.ok) continue;
      const tests = conversion.value.queries.map(readLogPoint);
      for (const { event } of events) {
        const meant = matches(rule.query, event);
        if (meant) found++;
        if (meant !== tests.some((test) => test(event)))
          wrong.push(`${rule.rule.title}: ${meant ? 'missed' : 'too much'}`);
      }
    }
    expect([...new Set(wrong)]).toEqual([]);
    expect(found).toBeGreaterThan(150);
  });
});
