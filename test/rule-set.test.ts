import { expect, test } from 'vitest';
import { ruleSet } from './rule-set.ts';

test('every rule that stands alone has events that it must match and near misses', () => {
  const bare = ruleSet().filter(({ rule, standsAlone, hits, misses }) => standsAlone && rule.kind === 'detection' && (hits.length < 2 || misses.length < 2));
  expect(bare.map(({ path }) => path)).toEqual([]);
});
