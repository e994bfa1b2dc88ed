import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splunkCorrelation } from '../src/backend/splunk/correlation/correlation.ts';
import { correlatorOf } from '../src/match/correlation/correlation.ts';
import type { CompiledCorrelation } from '../src/query/compile.ts';
import { compileText } from './compile.ts';
import { runSpl } from './judges/spl/spl.ts';
import { runs } from './thoroughness.ts';

const bases = ['a: { id: 1 }', 'b: { id: 2 }', 'c: { tag|contains: x }', 'd: { size|gt: 4 }']
  .map(
    (base) =>
      `title: Rule ${base[0]}\nname: ${base[0]}\nlogsource: { product: windows }\ndetection: { s: ${base.slice(3)}, condition: s }\n---\n`,
  )
  .join('');

/** A correlation of a chain: `picks` are among the rules that it may refer to. */
interface Level {
  readonly type: string;
  readonly picks: readonly number[];
  readonly by: readonly string[];
  readonly alias: readonly string[];
  readonly timespan: string;
  readonly operator: string;
  readonly value: number;
}

const field = fc.constantFrom('user', 'host', 'peer');
const level: fc.Arbitrary<Level> = fc.record({
  type: fc.constantFrom(
    'event_count',
    'value_count',
    'value_sum',
    'value_median',
    'temporal',
    'temporal with a condition',
    'temporal_ordered',
  ),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  by: fc.uniqueArray(fc.oneof(field, fc.constant('who')), { maxLength: 2 }),
  alias: fc.array(field, { minLength: 3, maxLength: 3 }),
  timespan: fc.constantFrom('5s', '10s', '20s'),
  operator: fc.constantFrom('gt', 'gte', 'gte', 'lt', 'lte', 'eq', 'neq'),
  value: fc.nat(4),
});

function textOf({ type, picks, by, alias, timespan, operator, value }: Level, at: number): string {
  const below = at === 0 ? [] : [`r${at - 1}`];
  const among = ['a', 'b', 'c', 'd', ...below];
  const rules = [...new Set([...below, ...picks.map((pick) => among[pick % among.length] ?? 'a')])];
  const [name = ''] = type.split(' ');
  const aliases = rules.map((rule, index) => `${rule}: ${alias[index % 3]}`).join(', ');
  const counted = { value_count: 'field: who, ', value_sum: 'field: size, ' }[name] ?? '';
  const median = name === 'value_median' ? 'field: size, ' : '';
  const condition =
    type === 'temporal' || type === 'temporal_ordered'
      ? ''
      : `, condition: { ${counted}${median}${operator}: ${value} }`;
  const hasAlias = by.includes('who') || name === 'value_count';
  return (
    `title: Correlation ${at}\nname: r${at}\ncorrelation: { type: ${name}, rules: [${rules.join(', ')}], ` +
    `group-by: [${by.join(', ')}], timespan: ${timespan}${condition}` +
    `${hasAlias ? `, aliases: { who: { ${aliases} } }` : ''} }\n---\n`
  );
}

const event = fc.record(
  {
    gap: fc.integer({ min: 1, max: 6 }),
    id: fc.constantFrom(1, 1, 2, 3),
    user: fc.constantFrom('ann', 'bob', ''),
    host: fc.constantFrom('ann', 'h1'),
    peer: fc.constantFrom('ann', 'bob'),
    size: fc.constantFrom(0, 3, 5, 9, '1.5', '0x10'),
    tag: fc.constantFrom('xx', 'y'),
  },
  { requiredKeys: ['gap', 'id'] },
);

/** Undefined where they are refused, or Splunk says that it finds something else. */
function searchOf(compiled: CompiledCorrelation): string | undefined {
  const conversion = splunkCorrelation(compiled, () => '', { cloudSafe: false });
  if (!conversion.ok || conversion.diagnostics.some(({ code }) => code === 'TGT002'))
    return undefined;
  // who fell silent is known when the window ends, and by the matcher at the next event
  return /sigpack_silence|sort 0 -_time/.test(conversion.value) ? undefined : conversion.value;
}

test('random chains of correlations alert on the groups that their SPL alerts on', () => {
  let asked = 0;
  let alerts = 0;
  fc.assert(
    fc.property(
      fc.array(level, { minLength: 1, maxLength: 3 }),
      fc.array(fc.array(event, { minLength: 3, maxLength: 16 }), { minLength: 4, maxLength: 4 }),
      (levels, streams) => {
        const compiled = compileText(bases + levels.map(textOf).join('')).find(
          ({ rule }) => rule.name === `r${levels.length - 1}`,
        );
        const search = compiled?.kind === 'correlation' ? searchOf(compiled) : undefined;
        if (compiled?.kind !== 'correlation' || search === undefined) return;
        asked++;
        for (const stream of streams) {
          let time = 0;
          const events = stream.map(({ gap, ...fields }) => {
            time += gap;
            return { ...fields, _time: time };
          });
          const made = correlatorOf(compiled);
          const groups = new Set(
            events.flatMap((one) =>
              made.ok
                ? made.value(one, one._time * 1000).map(({ group }) => group.join('|'))
                : ['no correlator'],
            ),
          );
          const rows = runSpl(search, events, {}, { earliest: -3600, latest: 3600 }).map((row) =>
            compiled.rule.groupBy.map((name) => String(row[name])).join('|'),
          );
          alerts += groups.size;
          expect([...groups].sort()).toEqual([...new Set(rows)].sort());
        }
      },
    ),
    { numRuns: runs(1500) },
  );
  expect(asked).toBeGreaterThan(150);
  expect(alerts).toBeGreaterThan(500);
});
