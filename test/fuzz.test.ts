import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from './fuzz/fuzz.ts';
import { runs } from './thoroughness.ts';

// npm run fuzz takes other seeds and ten thousand cases: docs/testing.md
test.each([
  ['rules', runs(6), 75],
  ['pipelines', runs(45), 3],
  ['artifacts', runs(15), 5],
])('hostile %s break nothing', async (kind, batches, rules) => {
  const { failure, cases } = await fuzz({ kind, seed: 16, batches, rules });
  expect(failure).toBeUndefined();
  expect(cases).toBeGreaterThan(10);
});

test('a failure is told with its seed, the shortest input and the command', async () => {
  const broken = {
    name: 'broken',
    size: () => 1,
    property: () =>
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'bad')), async (texts) => {
        if (texts.includes('bad')) throw new Error('it is bad');
      }),
  };
  const { failure } = await fuzz({ kind: 'broken', seed: 3, batches: 100, rules: 1 }, [broken]);
  expect(failure).toMatch(/^broken, seed 3: /);
  expect(failure).toContain('the shortest input:\n--\nbad\n');
  expect(failure).toMatch(/npm run fuzz -- --kind broken --seed 3 --path [\d:]+ --rules 1/);
});
