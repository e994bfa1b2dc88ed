import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupedRule } from '../src/backend/splunk/grouped/grouped-rule.ts';
import { groupedSearches } from '../src/backend/splunk/grouped/grouped-search.ts';
import { neededTerms } from '../src/backend/splunk/grouped/necessary.ts';
import type { CompiledDetection } from '../src/query/compile.ts';
import { and, itemsOf, not, or, type Query } from '../src/query/tree.ts';
import { ANY, ONE, type PatternPart } from '../src/sigma/value/pattern.ts';
import { detectionOf } from './compile.ts';
import { anyText, fieldRule, keywordRule, valuesFor } from './escape-values.ts';
import { compileSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { askedDetections, withRaw } from './rule-set-events.ts';
import { knownFaultsOf } from './rule-set-known.ts';
import { splunkDisagreements } from './splunk-agreement.ts';
import { type AskedRule, groupedDisagreements, groupedOf, idOf } from './splunk-grouped.ts';
import { runs } from './thoroughness.ts';

const queryOf = (detection: string): Query => detectionOf(`${detection}\ncondition: sel`).query;
const asked = (detections: readonly string[]): readonly AskedRule[] =>
  detections.map((detection) => ({ id: idOf(detection), query: queryOf(detection) }));
const numbered = (events: readonly Event[]): readonly Event[] =>
  events.map((event, sigpack_n) => ({ ...event, sigpack_n }));

/** Rules like those of a log source: a kind of event, and the name of a program. */
const programs = (from: number, to: number): readonly AskedRule[] =>
  asked(
    Array.from(
      { length: to - from },
      (_, at) => `sel: { EventID: 1, Image|endswith: '\\program${from + at}.exe' }`,
    ),
  );

describe('a grouped search', () => {
  test('asks the index for what the rules share and for a part of each', () => {
    const rules = asked([
      "sel: { EventID: 1, Image|endswith: '\\cmd.exe', CommandLine|contains: x }",
      "sel: { EventID: 1, Image|endswith: '\\net.exe' }",
      "sel: { EventID: 1, CommandLine|re: 'mimi(katz)?' }",
    ]);
    const { searches } = groupedOf(rules);
    const [{ text, rules: own } = { text: '', rules: [] }] = searches;
    const ids = own.map(({ id }) => id);
    const conditions = new Map(own.map(({ id, condition }) => [id, condition]));
    expect(text.split(' | ')).toEqual([
      'index=* EventID=1 (CommandLine="*mimi*" OR Image IN ("*\\\\cmd.exe", "*\\\\net.exe"))',
      `eval sigma_rule=${ids.map((id) => `if(${conditions.get(id)}, "${id} ", "")`).join(' . ')}`,
      'where sigma_rule!=""',
      'fields sigma_rule, sigpack_n',
      'fields - _raw',
      'makemv delim=" " sigma_rule',
      'mvexpand sigma_rule',
    ]);
    expect(ids).toEqual(rules.map(({ id }) => id).sort());
  });

  test('asks for more than the kind of an event, unless a rule does not', () => {
    const search = (...detections: string[]) =>
      groupedOf(asked(detections)).searches[0]?.text.split(' | ')[0];
    expect(search('sel: { EventID: 1 }', 'sel: { EventID: 1, a: b }')).toBe('index=* EventID=1');
    expect(search('sel: { EventID: 1, a: b }', 'sel: { EventID: 1, c|re: "." }')).toBe(
      'index=* EventID=1 (a="b" OR c="*")',
    );
    expect(search('sel: { EventID: [1, 3], a: b }')).toBe('index=* EventID IN ("1", "3") a="b"');
  });

  test('needs every alternative, and knows where one needs nothing', () => {
    const one = queryOf('sel: { a: b }');
    expect(neededTerms(or([one, and([])]), true)).toEqual([]);
    expect(neededTerms(and([one, and([])]), true)).toEqual([
      { terms: [{ whole: 'a="b"', field: 'a', text: '"b"' }], reach: 'few' },
    ]);
    expect(neededTerms(or([]), true)).toEqual([{ terms: [], reach: 'few' }]);
  });

  test('asks for every alternative of a rule, however many, rather than for the kind of its events', () => {
    const many = Array.from({ length: 300 }, (_, at) => `'*value${at}*'`);
    const rules = [
      ...programs(0, 20),
      ...asked([
        `sel: { EventID: 1, CommandLine: [${many}] }`,
        "sel: { EventID: 1, CommandLine|contains: [☂, '-a'] }",
      ]),
      {
        id: idOf('or'),
        query: and([
          queryOf('sel: { EventID: 1 }'),
          or(
            ['a: x', 'Product: Tool', 'c|contains: yz'].map((item) => queryOf(`sel: { ${item} }`)),
          ),
        ]),
      },
    ];
    const { searches } = groupedOf(rules);
    const [stage = ''] = searches.map(({ text }) => text.split(' | ')[0]);
    expect(searches).toHaveLength(1);
    expect(stage.startsWith('index=* EventID=1 (CommandLine IN (')).toBe(true);
    for (const term of ['Product="Tool"', 'a="x"', 'c="*yz*"', '"*value299*"', '"*☂*"'])
      expect(stage).toContain(term);
    const reachOf = ({ query }: AskedRule) => neededTerms(query, true)[0]?.reach;
    expect(new Set(rules.map(reachOf))).toEqual(new Set(['few']));
    expect(
      ['EventID: 1', "a: '*-*'", 'a|exists: true', "a|re: '.'"].map((item) =>
        reachOf({ id: '', query: queryOf(`sel: { ${item} }`) }),
      ),
    ).toEqual(['kind', 'many', 'many', 'many']);
    expect(neededTerms(not(queryOf('sel: { a: x }')), true)[0]?.reach).toBe('many');
  });

  const loudness = 'sel: { a: b }';
  test.each([
    ['', 2],
    ['false()', 2],
    ['true()', 0],
    ['match(\'host\', "lab")', 1],
    // null, where the event has no such field
    ['\'nope\'="x"', 2],
  ])('leaves out what an admin excludes by %s', (exclusion, hits) => {
    const made = groupedRule(idOf('a'), queryOf(loudness), true);
    if (!made.ok) throw new Error(made.error);
    const rule = exclusion === '' ? made.value : { ...made.value, exclusion };
    const { searches } = groupedSearches([rule], {
      scope: '',
      maxBytes: 64_000,
      maxRules: 9,
      tailOf: () => ({ fields: undefined, commands: [] }),
    });
    const rows = compileSpl(searches[0]?.text ?? '').run([
      { a: 'b', host: 'lab' },
      { a: 'b', host: 'shop' },
      { a: 'c', host: 'shop' },
    ]);
    expect(rows.length).toBe(hits);
    expect(rows.every(({ sigma_rule }) => sigma_rule === idOf('a'))).toBe(true);
  });

  test('is left alone by rules that it can not hold, with the reason', () => {
    const reasons = (query: Query, id = idOf('x')) => {
      const made = groupedRule(id, query, true);
      return made.ok ? undefined : made.error;
    };
    expect(reasons(queryOf('sel: { sigma_rule: x }'))).toContain('`sigma_rule`');
    expect(reasons(queryOf('sel: { a|fieldref: sigma_rule }'))).toContain('`sigma_rule`');
    expect(reasons(not(queryOf('sel: { a: x }')))).toBeUndefined();
    expect(reasons(and([]))).toContain('every event');
    expect(reasons(queryOf("sel: ['.']"))).toContain('every event');
    expect(reasons(queryOf('sel: { a: x }'), 'x" | delete')).toContain('UUID');
  });
});

describe('the searches of a group', () => {
  const limits = { maxBytes: 6_000, maxRules: 25 };

  test('are as long as they may be at most', () => {
    const { searches, tooLong } = groupedOf(programs(0, 200), limits);
    expect(tooLong).toEqual([]);
    expect(searches.flatMap(({ rules }) => rules).length).toBe(200);
    expect(searches.length).toBeGreaterThan(8);
    for (const { text, rules } of searches) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limits.maxBytes);
      expect(rules.length).toBeLessThanOrEqual(limits.maxRules);
    }
    expect(new Set(searches.map(({ part }) => part)).size).toBe(searches.length);
  });

  test('leave out a rule that is too long by itself', () => {
    const long = asked([
      `sel: { a|contains: [${Array.from({ length: 400 }, (_, n) => `v${n}`)}] }`,
    ]);
    const { searches, tooLong } = groupedOf([...programs(0, 3), ...long], limits);
    expect(tooLong.map(({ id }) => id)).toEqual(long.map(({ id }) => id));
    expect(searches.map(({ rules }) => rules.length)).toEqual([3]);
  });

  test('change by one, or one becomes two, when a rule comes or goes', () => {
    const all = programs(0, 160).map(({ id, query }) => {
      const made = groupedRule(id, query, true);
      if (!made.ok) throw new Error(made.error);
      return made.value;
    });
    const tailOf = () => ({ fields: undefined, commands: [] });
    const texts = (to: number) =>
      new Map(
        groupedSearches(all.slice(0, to), { scope: '', ...limits, tailOf }).searches.map(
          ({ part, text }) => [part, text],
        ),
      );
    let before = texts(60);
    let splits = 0;
    for (let to = 61; to <= all.length; to++) {
      const after = texts(to);
      const changed = [...before].filter(([part, text]) => after.get(part) !== text);
      expect(changed.length).toBe(1);
      expect(after.size - before.size).toBeLessThanOrEqual(1);
      expect(after.size).toBeGreaterThanOrEqual(before.size);
      // the name stays, with what of it there is
      expect([...before.keys()].every((part) => after.has(part))).toBe(true);
      if (after.size > before.size) splits++;
      before = after;
    }
    expect(splits).toBeGreaterThan(3);
  });

  test('do not depend on the order of the rules', () => {
    const rules = programs(0, 60);
    expect(groupedOf(rules.toReversed(), limits)).toEqual(groupedOf(rules, limits));
  });

  test('need ids that differ', () => {
    const [one] = programs(0, 1);
    if (!one) throw new Error('no rule');
    expect(() => groupedOf([one, one], { maxRules: 1 })).toThrow(RangeError);
  });

  test('are many evals where there are many rules', () => {
    const rules = programs(0, 120);
    const { searches } = groupedOf(rules, { maxBytes: 1e6, maxRules: 500 });
    expect(searches.map(({ text }) => text.split('eval sigma_rule=').length - 1)).toEqual([3]);
    const events = numbered(rules.map((_, at) => ({ EventID: 1, Image: `C:\\program${at}.exe` })));
    const { wrong, pairs } = groupedDisagreements(rules, searches, events);
    expect(wrong).toEqual([]);
    expect(pairs).toBe(120);
  });
});

describe('grouped searches of the rule set, run by an independent reader', () => {
  const detections = askedDetections();
  /** Events of some rules, which all others see as well. */
  const strangers = detections
    .filter((_, index) => index % 12 === 0)
    .flatMap(({ rule, events }) => events.slice(0, 1).map((event) => withRaw(event, rule)));
  const groups = Map.groupBy(detections, ({ rule: { rule } }) => JSON.stringify(rule.logsource));

  test('find the pairs of rule and event that the rules mean', () => {
    const known = knownFaultsOf('splunk');
    let pairs = 0;
    let refused = 0;
    const wrong = [...groups.values()].flatMap((group) => {
      const rules = group.map(
        ({ rule }, at): AskedRule => ({
          id: idOf(`${at} ${rule.rule.title}`),
          query: rule.query,
        }),
      );
      // every third is enough: the searches of single rules see all
      const own = group.flatMap(({ rule, events }) =>
        events.filter((_, index) => index % 3 === 0).map((event) => withRaw(event, rule)),
      );
      const made = groupedOf(rules);
      expect(made.tooLong).toEqual([]);
      refused += made.refused.size;
      const found = groupedDisagreements(
        rules,
        made.searches,
        numbered([...own, ...strangers]),
        known.isKnown,
      );
      pairs += found.pairs;
      return found.wrong;
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(known.unused()).toEqual([]);
    expect(pairs).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(detections.length / 10);
  });
});

describe('grouped searches of any rules', () => {
  const literal = fc.string({
    unit: fc.constantFrom(...'abAB1\\"*?| .'),
    minLength: 1,
    maxLength: 3,
  });
  const part: fc.Arbitrary<PatternPart> = fc.oneof(literal, fc.constantFrom(ANY, ONE));
  const field = fc.constantFrom('a', 'b', 'c d', 'e.f', undefined);
  const others = [
    ...["a|re: 'a+b'", "a|re|i: '^ab?$'", 'a: null', 'b|exists: true', 'a|cidr: 10.0.0.0/8'],
    ...["b|cidr: 'fe80::/10'", 'a|gte: 1', 'a|lt: 11', 'a|fieldref: b', 'a: 1', 'b: true'],
    ...['a|fieldref|cased: b', 'a|fieldref|contains|cased: b', 'b|fieldref|startswith: a'],
    ...['a|fieldref|endswith: b', 'e.f|fieldref|contains: b', 'a: ""'],
  ].flatMap((item) => [...itemsOf(queryOf(`sel: { ${item} }`))]);
  const text = fc.record({
    field,
    pattern: fc.array(part, { minLength: 1, maxLength: 3 }),
    cased: fc.boolean(),
  });
  const place = { file: { path: 'rule.yml', text: '' }, span: { start: 0, end: 0 } };
  const item: fc.Arbitrary<Query> = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...others) },
    {
      weight: 4,
      arbitrary: text.map(
        ({ field, pattern, cased }): Query => ({
          kind: 'item',
          field,
          test: { kind: 'string', pattern, cased },
          ...place,
        }),
      ),
    },
  );
  const { query } = fc.letrec<{ query: Query }>((tie) => ({
    query: fc.oneof(
      { depthSize: 'small' },
      item,
      tie('query').map(not),
      fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map(and),
      fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map(or),
    ),
  }));
  const value = fc.oneof(
    literal,
    fc.constantFrom('', 'ab', '1', '10', '10.1.2.3', 'fe80::1%2', 'true', 'aab\n'),
  );
  const event = fc
    .record(
      {
        ...{ a: value, b: value, 'c d': value, 'e.f': value },
        EventID: fc.constantFrom('1', '1', '2'),
      },
      { requiredKeys: [] },
    )
    .map((fields): Event => ({ ...fields, _raw: Object.values(fields).join('\n') }));

  test('find the pairs of rule and event that the rules mean, and lose none to the index', () => {
    const kind = queryOf('sel: { EventID: 1 }');
    fc.assert(
      fc.property(
        fc.array(query, { minLength: 1, maxLength: 6 }),
        fc.array(event, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        fc.boolean(),
        (queries, events, cloudSafe, ofOneKind) => {
          const rules = queries.map(
            (query, at): AskedRule => ({
              id: idOf(String(at)),
              query: ofOneKind ? and([kind, query]) : query,
            }),
          );
          const { searches } = groupedOf(rules, { cloudSafe, maxRules: 4 });
          const over = numbered(events);
          expect(groupedDisagreements(rules, searches, over).wrong).toEqual([]);
          for (const { query } of rules) {
            const rule = { title: 'by itself' } as CompiledDetection['rule'];
            expect(splunkDisagreements({ rule, query }, over, cloudSafe)).toEqual([]);
          }
        },
      ),
      { numRuns: runs(1500) },
    );
  });

  test('stay what they are with hostile values', () => {
    const hostile = fc.tuple(anyText, fc.constantFrom('', '|contains', '|endswith', '|cased', '*'));
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (texts) => {
        const made = texts.map(([text, modifier]) =>
          modifier === '*' ? keywordRule(text) : fieldRule('a', modifier, text),
        );
        const rules = made.map(({ query }, at): AskedRule => ({ id: idOf(String(at)), query }));
        const events = texts.flatMap(([text]) =>
          valuesFor(text).map((value): Event => ({ a: value, _raw: value })),
        );
        const { searches } = groupedOf(rules);
        for (const { text } of searches)
          expect(compileSpl(text).pipeline.stages.map(({ name }) => name)).toEqual([
            ...['search', 'eval', 'where', 'fields', 'fields', 'makemv', 'mvexpand'],
          ]);
        expect(groupedDisagreements(rules, searches, numbered(events)).wrong).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
  });
});
