import { describe, expect, it } from 'vitest';
import { graylogCorrelation } from '../src/backend/graylog/correlation.ts';
import { graylogDefaults } from '../src/backend/graylog/settings.ts';
import { compileText, loginRules } from './compile.ts';

/**
 * What Graylog aggregates for a correlation of failed logons, given by the lines of its type and
 * condition.
 */
function aggregationOf(lines: string, rules = '[failed]', group = '[Computer]') {
  const correlation = `---\ntitle: Many\nstatus: test\ncorrelation:\n  rules: ${rules}\n  group-by: ${group}\n  timespan: 10m\n${lines.replace(/^/gm, '  ')}\n`;
  const compiled = compileText(`${loginRules}${correlation}`).find(
    (rule) => rule.kind === 'correlation',
  );
  if (compiled?.kind !== 'correlation') throw new Error('the correlation does not compile');
  const queries = compiled.parts.flatMap((part) => (part.kind === 'detection' ? [part.query] : []));
  return graylogCorrelation(compiled.rule, queries, graylogDefaults);
}

describe('the aggregation of an event definition', () => {
  it.each([
    [
      'event_count',
      'type: event_count\ncondition: { gte: 10 }',
      { type: 'count' },
      [{ operator: '>=', value: 10 }],
      900,
      300,
    ],
    [
      'value_count',
      'type: value_count\ncondition: { field: User, gt: 3 }',
      { type: 'card', field: 'User' },
      [{ operator: '>', value: 3 }],
      900,
      300,
    ],
    [
      'value_sum',
      'type: value_sum\ncondition: { field: Bytes, gte: 5.5 }',
      { type: 'sum', field: 'Bytes' },
      [{ operator: '>=', value: 5.5 }],
      900,
      300,
    ],
    [
      'value_avg',
      'type: value_avg\ncondition: { field: Bytes, gt: 2 }',
      { type: 'avg', field: 'Bytes' },
      [{ operator: '>', value: 2 }],
      600,
      600,
    ],
    [
      'value_percentile',
      'type: value_percentile\ncondition: { field: Bytes, percentile: 95, gte: 7 }',
      { type: 'percentile', field: 'Bytes', percentile: 95 },
      [{ operator: '>=', value: 7 }],
      600,
      600,
    ],
  ] as const)('of %s', (_, lines, series, conditions, within, every) => {
    expect(aggregationOf(lines)).toMatchObject({
      ok: true,
      value: {
        query: expect.stringMatching(
          /^EventID:"4625" AND _exists_:Computer( AND _exists_:(User|Bytes))?$/,
        ),
        groupBy: ['Computer'],
        series,
        conditions,
        within,
        every,
      },
    });
  });

  it.each([
    ['value_count', ''],
    ['value_sum', ' AND _exists_:Bytes'],
    ['value_avg', ' AND _exists_:Bytes'],
  ])(
    'of %s asks for the fields that a group must have: without a value there are 0 of them, and nothing to add up',
    (type, more) => {
      const made = aggregationOf(`type: ${type}\ncondition: { field: Bytes, lt: 4 }`);
      expect(made).toMatchObject({
        ok: true,
        value: { query: `EventID:"4625" AND _exists_:Computer${more}` },
      });
    },
  );

  it.each([
    ['value_sum', 'lt: 4', true],
    ['value_avg', 'neq: 4', true],
    ['value_percentile', 'percentile: 95, gte: 4', true],
    ['value_count', 'lt: 4', undefined],
  ])(
    'of %s without a group says whether a window without events may fulfil it',
    (type, condition, expected) => {
      const lines = `type: ${type}\ncondition: { field: Bytes, ${condition} }`;
      const found = ['[]', '[Computer]']
        .map((group) => aggregationOf(lines, '[failed]', group))
        .map((made) => made.ok && made.value.needsEvents);
      expect(found).toEqual([expected, undefined]);
    },
  );

  it.each([
    ['gt', '>'],
    ['gte', '>='],
    ['lt', '<'],
    ['lte', '<='],
    ['eq', '=='],
    ['neq', '!='],
  ])('has the operator of %s', (operator, sign) => {
    expect(aggregationOf(`type: event_count\ncondition: { ${operator}: 4 }`)).toMatchObject({
      value: { conditions: [{ operator: sign, value: 4 }] },
    });
  });

  it.each(['temporal', 'temporal_ordered'])('is refused for %s', (type) => {
    expect(aggregationOf(`type: ${type}`, '[failed, login]')).toMatchObject({
      ok: false,
      error: [{ code: 'TGT001' }],
    });
  });

  it.each(['lt: 1', 'eq: 0', 'lte: 0', 'lt: 0.5'])(
    'is refused for groups without events (%s)',
    (condition) => {
      expect(aggregationOf(`type: event_count\ncondition: { ${condition} }`)).toMatchObject({
        ok: false,
        error: [
          {
            code: 'TGT001',
            message: expect.stringContaining('only a group without events'),
            span: { start: expect.any(Number) },
          },
        ],
      });
      const alone = aggregationOf(
        `type: event_count\ncondition: { ${condition} }`,
        '[failed]',
        '[]',
      );
      expect(alone).toMatchObject({ ok: true, value: { groupBy: [], series: { type: 'count' } } });
    },
  );

  it('says that groups without events are not looked at', () => {
    const notes = (condition: string) => {
      const made = aggregationOf(`type: event_count\ncondition: { ${condition} }`);
      return made.ok
        ? made.diagnostics.filter(({ message }) => message.includes('fallen silent')).length
        : -1;
    };
    expect([notes('lt: 5'), notes('neq: 3'), notes('gte: 1, lt: 5')]).toEqual([1, 1, 0]);
  });

  it.each([
    ['value_sum', 'field: Bytes, gte: 5', true],
    ['value_sum', 'field: Bytes, gt: -5', true],
    ['value_sum', 'field: Bytes, lt: 5', false],
    ['value_count', 'field: Bytes, gte: 5', false],
    ['event_count', 'gte: 5', false],
  ])(
    'says of %s with %s whether numbers below 0 may hide what its longer window holds',
    (type, condition, expected) => {
      const made = aggregationOf(`type: ${type}\ncondition: { ${condition} }`);
      expect(
        made.ok && made.diagnostics.some(({ message }) => message.includes('numbers below 0')),
      ).toBe(expected);
    },
  );
});
