import { describe, expect, test } from 'vitest';
import { graylogCorrelation } from '../src/backend/graylog/correlation.ts';
import { graylogDefaults } from '../src/backend/graylog/settings.ts';
import type { CompiledCorrelation } from '../src/query/compile.ts';
import { processedCorrelation } from './processed-correlation.ts';

const bases = ['a', 'b']
  .map(
    (name, index) =>
      `title: ${name}\nname: ${name}\nlogsource: { product: badges }\ndetection: { s: { m${index + 1}: 1 }, condition: s }\n`,
  )
  .join('---\n');

/**
 * The last of some correlations after a pipeline that maps fields, for Graylog; or the diagnostics.
 */
function mapped(mapping: string, ...bodies: readonly string[]): CompiledCorrelation | string {
  const items = `  - { type: field_name_mapping, mapping: { ${mapping} } }\n`;
  return processedCorrelation(
    { bases, items, target: 'graylog' },
    bodies.map((body) => `timespan: 5m, ${body}`),
  );
}

describe('a pipeline renames fields, and no aliases', () => {
  const rule = (more: string): string =>
    `rules: [a, b], group-by: [gate], aliases: { who: { a: holder, b: holder } }, ${more}`;

  test.each([
    ['value_count', 'gte: 3', { type: 'card', field: 'badge' }],
    ['value_sum', 'gt: 3', { type: 'sum', field: 'badge' }],
    ['value_avg', 'lt: 3', { type: 'avg', field: 'badge' }],
  ])('that the condition of a %s names', (type, condition, series) => {
    const compiled = mapped(
      'who: visitor, holder: badge',
      rule(`type: ${type}, condition: { field: who, ${condition} }`),
    );
    if (typeof compiled === 'string') throw new Error(compiled);
    const queries = compiled.parts.flatMap((part) =>
      part.kind === 'detection' ? [part.query] : [],
    );
    expect(graylogCorrelation(compiled.rule, queries, graylogDefaults)).toMatchObject({
      ok: true,
      value: { series },
    });
  });

  test.each(['gate: who', 'counted: who'])(
    'to which no other field may be mapped: %s',
    (mapping) => {
      expect(
        mapped(mapping, rule('type: value_count, condition: { field: counted, gte: 3 }')),
      ).toContain('would become `who`, which is one of its aliases');
    },
  );

  const inner =
    'type: event_count, rules: [a], group-by: [user], aliases: { user: { a: holder } }, condition: { gte: 2 }';
  test.each([
    ['type: temporal, rules: [r0, b], group-by: [user]', 'user'],
    [
      'type: temporal, rules: [r0, b], group-by: [who], aliases: { who: { r0: user, b: user } }',
      'who',
    ],
    [
      'type: value_count, rules: [r0, b], group-by: [gate], condition: { field: user, gte: 2 }',
      'user',
    ],
  ])('of a correlation below, which keep their names above: %s', (outer, name) => {
    const compiled = mapped('user: account, holder: badge', inner, outer);
    if (typeof compiled === 'string') throw new Error(compiled);
    const fields = new Map([
      ['r0', 'user'],
      ['b', 'account'],
    ]);
    expect(compiled.rule.aliases).toMatchObject([{ name, fields, below: new Set(['r0']) }]);
  });

  test('and what the correlation below does not group by is a field of events', () => {
    const counting = inner.replace('group-by: [user]', 'group-by: [gate]');
    const compiled = mapped(
      'user: account',
      counting,
      'type: temporal, rules: [r0, b], group-by: [user]',
    );
    expect(compiled).toMatchObject({ rule: { aliases: [], groupBy: ['account'] } });
  });
});
