import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from '../../src/sigma/collection/collection.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { documentsIn } from '../compile.ts';
import { explanationCounts } from '../explanation-agreement.ts';
import { sigpack } from '../sigpack.ts';
import { plainEvent } from '../windows-events.ts';
import { shared } from './corpus.ts';
import { windowsEvents } from './recorded-events.ts';

test('the regression data of SigmaHQ: every rule finds its event', async () => {
  const { code, stdout } = await sigpack([
    'test',
    join(shared, 'events'),
    '--rules',
    join(shared, 'corpus'),
    '-f',
    'json',
  ]);
  const { summary, tests, diagnostics } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(diagnostics).toEqual([]);
  expect(summary).toMatchObject({
    tests: 130,
    passed: 130,
    failed: 0,
    errors: 0,
    events: 149,
    matches: 140,
  });
  expect(tests.every(({ matches }: { readonly matches: number }) => matches > 0)).toBe(true);
});

test('an explanation of a public rule agrees with the matcher, also where only what decides is left of it', () => {
  const documents = documentsIn([join(shared, 'corpus', 'rules', 'windows')]);
  const all = windowsEvents();
  const events = all.filter((_, index) => index % 40 === 0);
  const counts = explanationCounts(collect(documents, createBag()), new Map(), (rule) =>
    [...events, ...all.filter(({ ruleId }) => ruleId === rule.id)].map(plainEvent),
  );
  expect(counts.holds).toBeGreaterThan(100);
  expect(counts.not).toBeGreaterThan(5000);
});
