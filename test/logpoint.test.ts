import { describe, expect, it } from 'vitest';
import { defaultTargetSettings } from '../src/backend/registry.ts';
import type { CompiledDetection } from '../src/query/compile.ts';
import { compileText, detectionOf, loginRules } from './compile.ts';
import type { Event } from './judges/spl/value.ts';
import { readLogPoint, unquoted } from './logpoint-reader.ts';
import { matches } from './matcher.ts';
import { logpoint } from './registered.ts';
import { detectionsOfRuleSet, flat, isFlat, withRaw } from './rule-set-events.ts';
import { knownFaultsOf } from './rule-set-known.ts';
import { thorough } from './thoroughness.ts';

const convert = (detection: string) =>
  logpoint.convert(detectionOf(detection), defaultTargetSettings);

function queries(detection: string): readonly string[] {
  const conversion = convert(detection);
  return conversion.ok
    ? conversion.value.queries
    : conversion.error.map(({ message }) => `refused: ${message}`);
}

const selection = (items: string, condition = 'selection') =>
  `selection:\n${items.replace(/^/gm, '  ')}\ncondition: ${condition}`;

describe('searches that say it all', () => {
  it.each([
    ['EventID: [1031, 1032, 1034]', 'EventID IN [1031, 1032, 1034]'],
    ['a: 5', 'a=5'],
    ['a: -5', 'a="-5"'],
    ['a: true', 'a="true"'],
    ["a: ''", 'a=""'],
    ['a: null', '-a=*'],
    ['a|exists: true', 'a=*'],
    ["a: '*'", 'a=*'],
    ["a|endswith: '\\cmd.exe'", 'a="*\\cmd.exe"'],
    ["a|contains: '\\Temp\\'", 'a="*\\Temp\\*"'],
    ["a: 'C:\\b?.exe'", 'a="C:\\b?.exe"'],
    [`a|contains: 'say "hi"'`, `a='*say "hi"*'`],
    [`a|contains: "it's"`, `a="*it's*"`],
    ["a|contains: ['x', 'y', 'x']", 'a IN ["*x*", "*y*"]'],
    ["a|contains|all: ['x', 'y']", 'a="*x*" AND a="*y*"'],
    ['a: b\nc: d', 'a="b" AND c="d"'],
    ['- a: b\n- c: [d, e]', 'a="b" OR c IN ["d", "e"]'],
    ['a|gte: 10', 'a>=10'],
    ['c-uri: x', '"c-uri"="x"'],
    ['Process: x', '"Process"="x"'],
    ['in: x', '"in"="x"'],
    ['a b: x', '"a b"="x"'],
  ])('%s', (items, query) => {
    expect(queries(selection(items))).toEqual([query]);
  });

  it.each([
    ['a|cidr: 10.0.0.0/8', 'a="10.*"'],
    [
      'a|cidr: 192.168.16.0/22',
      'a IN ["192.168.16.*", "192.168.17.*", "192.168.18.*", "192.168.19.*"]',
    ],
    ['a|cidr: 10.1.2.4/31', 'a IN ["10.1.2.4", "10.1.2.5"]'],
    ['a|cidr: 10.1.2.3/32', 'a="10.1.2.3"'],
    [
      'a|cidr: ::1/128',
      'a IN ["::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001"]',
    ],
    ['a|cidr: fe80::/10', 'a IN ["fe8?:*", "fe9?:*", "fea?:*", "feb?:*"]'],
    ['a|cidr: fc00::/7', 'a IN ["fc??:*", "fd??:*"]'],
    ['a|cidr: 2001:db8::/32', 'a IN ["2001:db8:*", "2001:0db8:*"]'],
    [
      'a|cidr: 2620:1ec:8f0::/47',
      'a IN ["2620:1ec:8f0:*", "2620:01ec:08f0:*", "2620:1ec:8f1:*", "2620:01ec:08f1:*"]',
    ],
  ])('%s', (items, query) => {
    expect(queries(selection(items))).toEqual([query]);
  });

  it.each([
    ['selection and not (one or two)', 'a="b" AND -(c="d" OR e="f")'],
    ['selection or not (one and two)', 'a="b" OR -(c="d" AND e="f")'],
    ['(selection or one) and two', '(a="b" OR c="d") AND e="f"'],
    ['not selection', '-a="b"'],
    ['not none', 'g=*'],
    ['not (one and not two)', '-(c="d" AND -e="f")'],
  ])('%s', (condition, query) => {
    expect(
      queries(
        `selection: { a: b }\none: { c: d }\ntwo: { e: f }\nnone: { g: null }\ncondition: ${condition}`,
      ),
    ).toEqual([query]);
  });

  it('keywords are quoted, with a diagnostic', () => {
    const conversion = convert(
      "keywords:\n  - 'Remote shell'\n  - 'say \"hi\"'\ncondition: keywords",
    );
    expect(conversion.ok && conversion.value.queries).toEqual([`"Remote shell" OR 'say "hi"'`]);
    expect(conversion.ok && conversion.diagnostics.map(({ code }) => code)).toEqual(['TGT002']);
  });
});

describe('searches that need a filter', () => {
  it.each([
    [
      "a|re: '^foo\\d+bar'\nb: c",
      ['b="c" AND a="*foo*bar*" | process regex("^foo\\d+bar", a, "filter=true")'],
    ],
    [
      "a|re|i: 'x\\\\y\"z'",
      [`a='*x\\y"z*' | process regex("(?i)x\\x5cy\\x22z", a, "filter=true")`],
    ],
    [
      "a|re: ['fo+', 'ba+r']",
      ['a IN ["*fo*", "*ba*r*"] | process regex("(?:fo+)|(?:ba+r)", a, "filter=true")'],
    ],
    ['a|cased: Foo', ['a="Foo" | process regex("(?s)\\AFoo\\Z", a, "filter=true")']],
    [
      "a|contains: 'x\\*y'",
      ['a="*x?y*" | process regex("(?is)\\A.*x\\*y.*\\Z", a, "filter=true")'],
    ],
    [
      "a: 'C:\\Temp\\'",
      ['a="C:\\Temp?" | process regex("(?is)\\AC:\\x5cTemp\\x5c\\Z", a, "filter=true")'],
    ],
    [
      `a: "it's \\"x\\""`,
      [`a="it's ?x?" | process regex("(?is)\\Ait's \\x22x\\x22\\Z", a, "filter=true")`],
    ],
    ["- a|re: 'fo+'\n- b: c", ['b="c"', 'a="*fo*" | process regex("fo+", a, "filter=true")']],
  ])('%s', (items, expected) => {
    expect([...queries(selection(items))].sort()).toEqual([...expected].sort());
  });

  it('negated, finds events without the field by a query of its own', () => {
    expect(
      queries("selection: { a: b }\nfilter: { c|re: 'fo+' }\ncondition: selection and not filter"),
    ).toEqual([
      'a="b" AND -c=*',
      'a="b" AND c=* | process regex("\\A(?![\\s\\S]*?(?:fo+))", c, "filter=true")',
    ]);
  });

  it('are refused where they would take too many queries', () => {
    const filters = Array.from(
      { length: 5 },
      (_, index) => `filter_${index}: { f${index}|re: 'fo+' }`,
    ).join('\n');
    expect(
      queries(`selection: { a: b }\n${filters}\ncondition: selection and not 1 of filter_*`).join(),
    ).toContain('refused: the rule would take more than 16');
  });
});

describe('refusals', () => {
  it.each([
    ['a|fieldref: b', "can't compare a field with another one"],
    ["a|re: '(?>a+)b'", 'which LogPoint matches with, lacks'],
    ["a|re: '\\p{Lu}'", 'which LogPoint matches with, lacks'],
    ["a|re: 'a++b'", 'which LogPoint matches with, lacks'],
    ['a|hour: 5', 'has no test for the hour of a date'],
    [`'a"b': x`, "can't name the field"],
    ["'a*': x", "can't name the field"],
  ])('%s', (items, reason) => {
    const conversion = convert(selection(items));
    expect(
      conversion.ok ? conversion.value.queries.join() : conversion.error[0]?.message,
    ).toContain(reason);
  });
});

describe('hostile text', () => {
  const values = [
    '" OR x="y',
    `' OR x='y`,
    `'" | delete`,
    '\\',
    '\\\\',
    'a\\" | x',
    "a\\' | x",
    'line\nbreak | x',
    '"\\',
    '*"',
    '?\\',
    '] OR [',
    '\\*"',
  ];
  const modifiers = ['', '|contains', '|startswith', '|endswith', '|cased', '|re'];

  it.each(values.flatMap((value) => modifiers.map((modifier) => [value, modifier] as const)))(
    '%j%s stays in its quotes',
    (value, modifier) => {
      const source = modifier === '|re' ? value.replace(/[*?[\]|\\]/g, '\\$&') : value;
      for (const condition of ['selection', 'not selection']) {
        const lines = queries(
          `selection:\n  a${modifier}: [${JSON.stringify(source)}, other]\ncondition: ${condition}`,
        );
        expect(lines.join()).not.toMatch(/^refused|\n/);
        for (const line of lines) {
          for (const escapes of [false, true]) {
            expect(unquoted(line, escapes)).toMatch(
              /^(?:-?\(?-?a(?:=\*?| IN \[(?:, )*\])\)?(?: OR | AND )?)+(?: \| process regex\(, a, \))?$/,
            );
          }
        }
      }
    },
  );
});

describe('correlations', () => {
  const outer = (body: string) => {
    const lines = body.split('\n').map((line) => `  ${line}`);
    const rule = compileText(
      `${loginRules}---\ntitle: Outer\nname: outer\ncorrelation:\n${lines.join('\n')}\n`,
    ).find((compiled) => compiled.rule.name === 'outer');
    if (!rule) throw new Error('the correlation does not compile');
    return logpoint.convert(rule, defaultTargetSettings);
  };

  it.each([
    [
      'type: event_count\nrules: [failed]\ngroup-by: [User, in]\ntimespan: 5m\ncondition: { gte: 10 }',
      'EventID=4625 AND User=* AND "in"=* | chart count() as sigpack_value by User, "in" | search sigpack_value>=10',
    ],
    [
      'type: event_count\nrules: [failed, login]\ntimespan: 5m\ncondition: { lt: 10, neq: 3 }',
      'EventID IN [4625, 4624] | chart count() as sigpack_value | search sigpack_value<10 AND -sigpack_value=3',
    ],
    [
      'type: value_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: { field: Host, gt: 3 }',
      'EventID=4625 AND User=* AND Host=* | chart distinct_count(Host) as sigpack_value by User | search sigpack_value>3',
    ],
    [
      // a group without a host has 0 of them
      'type: value_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: { field: Host, lt: 3 }',
      'EventID=4625 AND User=* | chart distinct_count(Host) as sigpack_value by User | search sigpack_value<3',
    ],
    [
      // a mean of nothing is not a value, and not 3
      'type: value_avg\nrules: [failed]\ntimespan: 5m\ncondition: { field: Bytes, neq: 3 }',
      'EventID=4625 AND Bytes=* | chart avg(Bytes) as sigpack_value | search sigpack_value=* AND -sigpack_value=3',
    ],
  ])('%s', (body, query) => {
    const conversion = outer(body);
    expect(conversion.ok && conversion.value.queries).toEqual([query]);
    expect(conversion.ok && conversion.diagnostics.map(({ message }) => message).join()).toContain(
      'run it over 300 s',
    );
  });

  it.each([
    ['type: temporal\nrules: [failed, login]\ntimespan: 5m', "can't tell which rule"],
    [
      'type: event_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: { lt: 1 }',
      'only a group without events',
    ],
    [
      'type: value_percentile\nrules: [failed]\ntimespan: 5m\ncondition: { field: x, gt: 3, percentile: 95 }',
      'no percentile',
    ],
    [
      'type: value_median\nrules: [failed]\ntimespan: 5m\ncondition: { field: x, gt: 3 }',
      'no percentile or median',
    ],
  ])('%s is refused', (body, reason) => {
    const conversion = outer(body);
    expect(conversion.ok ? '' : conversion.error[0]?.message).toContain(reason);
    // a count says nothing of values
    if (body.includes('value_'))
      expect(conversion.ok ? '' : conversion.error[0]?.hint).not.toContain('event_count');
  });
});

/** LogPoint's `msg` is the line that keywords are searched in. */
function withLine(event: Event, rule: CompiledDetection): Event {
  const { _raw, ...fields } = withRaw(event, rule);
  return _raw === undefined ? event : { ...fields, _raw, msg: _raw };
}

describe('the rules of the rule set', () => {
  const entries = detectionsOfRuleSet();
  // null is stored as nothing
  const all = entries
    .flatMap(({ hits, misses }) => [...hits, ...misses])
    .map(flat)
    .filter(isFlat)
    .filter((_, index) => thorough || index % 4 === 0);

  it('find what they mean, or are refused for what LogPoint lacks', () => {
    const wrong: string[] = [];
    const refused: string[] = [];
    const known = knownFaultsOf('logpoint');
    let found = 0;
    for (const { path, rule, hits, misses } of entries) {
      const conversion = logpoint.convert(rule, defaultTargetSettings);
      if (!conversion.ok) {
        refused.push(...conversion.error.map(({ message }) => message));
        continue;
      }
      const tests = conversion.value.queries.map(readLogPoint);
      const widened = conversion.diagnostics.some(({ code }) => code === 'TGT002');
      for (const plain of [...[...hits, ...misses].map(flat), ...all].filter(isFlat)) {
        const event = withLine(plain, rule);
        const meant = matches(rule.query, event);
        const is = tests.some((test) => test(event));
        if (meant) found++;
        if (meant !== is && !(widened && is) && !known.isKnown(rule.query, event))
          wrong.push(
            `${path}: ${meant ? 'missed' : 'too much'}: ${JSON.stringify(event)}\n${conversion.value.queries.join('\n')}`,
          );
      }
    }
    expect(wrong).toEqual([]);
    expect(known.unused()).toEqual([]);
    expect(
      refused.filter(
        (reason) =>
          !/fieldref|of a date in a field|which LogPoint matches with, lacks|takes? more than/.test(
            reason,
          ),
      ),
    ).toEqual([]);
    expect(found).toBeGreaterThan(1000);
  });
});
