import { expect, test } from 'vitest';
import { matcherOf } from '../../src/match/matcher.ts';
import { loadEvents } from '../judges/events.ts';
import { matches } from '../matcher.ts';
import { mutations } from '../mutations.ts';
import { compiledCorpus } from './compiled-corpus.ts';
import { shared } from './corpus.ts';

test('every rule of the corpus with events means the same events as the plain matcher says', () => {
  const byId = new Map(
    compiledCorpus().flatMap((compiled) =>
      compiled.kind === 'detection' ? [[compiled.rule.id ?? '', compiled] as const] : [],
    ),
  );
  let asked = 0;
  const differing: string[] = [];
  for (const { ruleId, event } of loadEvents(shared)) {
    const compiled = byId.get(ruleId);
    const made = compiled && matcherOf(compiled.query);
    if (!compiled || !made?.ok) continue;
    for (const one of [event, ...mutations(event, compiled.query)]) {
      asked++;
      if (made.value(one) !== matches(compiled.query, one))
        differing.push(`${ruleId} ${JSON.stringify(one)}`);
    }
  }
  expect(differing).toEqual([]);
  expect(asked).toBeGreaterThan(3000);
});
