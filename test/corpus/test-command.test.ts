import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSourceFile } from '../../src/cli/files/rule-files.ts';
import { collect } from '../../src/sigma/collection/collection.ts';
import { readDocuments } from '../../src/sigma/collection/document.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { explanationCounts } from '../explanation-agreement.ts';
import { findRuleFiles } from '../rule-files.ts';
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
  const bag = createBag();
  const documents = findRuleFiles([join(shared, 'corpus', 'rules', 'windows')], bag).flatMap(
    (path) => {
      const file = readSourceFile(path, bag);
      return file ? readDocuments(file, bag).documents : [];
    },
  );
  const all = windowsEvents();
  const events = all.filter((_, index) => index % 40 === 0);
  const counts = explanationCounts(collect(documents, bag), new Map(), (rule) =>
    [...events, ...all.filter(({ ruleId }) => ruleId === rule.id)].map(plainEvent),
  );
  expect(counts.holds).toBeGreaterThan(100);
  expect(counts.not).toBeGreaterThan(5000);
});
