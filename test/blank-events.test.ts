import { describe, expect, test } from 'vitest';
import {
  defaultTargetSettings,
  type RegisteredTarget,
  type TargetSettings,
} from '../src/backend/registry.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { assemblePack } from '../src/pack/pack.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { blankDefinitions, blankQueries } from './blank-events.ts';
import { compileText, detectionOf } from './compile.ts';
import { esQs, graylog, grep, logpoint, splunk, xpackWatcher } from './registered.ts';
import { ruleSetCollection } from './rule-set.ts';
import { thorough } from './thoroughness.ts';

/** Through each bundle go all rules, or one of three. */
const every = thorough ? 1 : 3;

describe('no query of the rule set finds an event that has nothing of any rule', () => {
  test('in the Lucene targets, through each bundle', () => {
    const { asked, refused, wrong } = blankQueries(ruleSetCollection(), every);
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(10 / every);
    expect(asked).toBeGreaterThan(1000 / every);
  });

  test('in the packs, through each bundle', () => {
    const { asked, refused, wrong } = blankDefinitions(ruleSetCollection(), every);
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(5 / every);
    expect(asked).toBeGreaterThan(1000 / every);
  });
});

const { elasticsearch } = defaultTargetSettings;
const inStream: TargetSettings = {
  ...defaultTargetSettings,
  graylog: { ...defaultTargetSettings.graylog, streams: ['Zeek'] },
};
const inDefaultStream: TargetSettings = {
  ...defaultTargetSettings,
  graylog: { ...defaultTargetSettings.graylog, streams: ['Default Stream'] },
};
const inIndex: TargetSettings = {
  ...defaultTargetSettings,
  elasticsearch: { ...elasticsearch, index: 'zeek-*' },
};
const inAll: TargetSettings = {
  ...defaultTargetSettings,
  elasticsearch: { ...elasticsearch, index: 'zeek-*,*' },
};

/** Only says what an event must not have. */
const blank = [
  ['a negation', "a: { 'id.orig_h|cidr': 10.0.0.0/8 }\ncondition: not a"],
  ['a missing field', 'a: { User: null }\ncondition: a'],
  ['a field that must not be there', "a: { 'User|exists': false }\ncondition: a"],
  ['one of several ways', 'a: { User: null }\nb: { Image: x }\ncondition: a or b'],
  ['a keyword that must not occur', 'a: [mimikatz]\ncondition: not a'],
  ['a keyword of any text', "a: ['*']\ncondition: a"],
] as const;
const narrow = [
  ['a selection beside the negation', 'a: { User: bob }\nb: { Image: x }\ncondition: a and not b'],
  [
    'a field that must be there',
    "a: { 'User|exists': true }\nb: { User: bob }\ncondition: a and not b",
  ],
  ['a double negation', 'a: { User: bob }\ncondition: not (not a)'],
] as const;

const refusalOf = (
  target: typeof graylog,
  detection: string,
  settings: TargetSettings,
): string | undefined => {
  const conversion = target.convert(detectionOf(detection), settings);
  return conversion.ok ? undefined : conversion.error[0]?.code;
};

describe.each([
  ['graylog', graylog, inStream, inDefaultStream],
  ['es-qs', esQs, inIndex, inAll],
  ['xpack-watcher', xpackWatcher, inIndex, inAll],
] as const)('%s', (_, target, narrowed, everywhere) => {
  test.each(blank)('refuses %s, unless something narrows it', (_what, detection) => {
    expect(refusalOf(target, detection, defaultTargetSettings)).toBe('TGT005');
    expect(refusalOf(target, detection, everywhere)).toBe('TGT005');
    expect(refusalOf(target, detection, narrowed)).toBeUndefined();
  });

  test.each(narrow)('takes %s', (_what, detection) => {
    expect(refusalOf(target, detection, defaultTargetSettings)).toBeUndefined();
  });
});

describe.each([
  ['splunk', splunk],
  ['logpoint', logpoint],
  ['grep', grep],
] as const)('%s prints queries without a place to search in, and', (_, target) => {
  const warningsOf = (detection: string, settings = defaultTargetSettings): readonly string[] =>
    codesOf(target, detection, settings);

  test.each(blank)('warns of %s, or refuses it', (_what, detection) => {
    const code = target === grep && detection.includes('*') ? 'TGT001' : 'TGT009';
    expect(warningsOf(detection)).toEqual([code]);
  });

  test.each(narrow)('does not warn of %s', (_what, detection) =>
    expect(warningsOf(detection)).toEqual([]),
  );
});

function codesOf(
  target: RegisteredTarget,
  detection: string,
  settings: TargetSettings,
): readonly string[] {
  const conversion = target.convert(detectionOf(detection), settings);
  const found = conversion.ok ? conversion.diagnostics : conversion.error;
  return found.flatMap(({ code }) => (code === 'TGT002' ? [] : [code]));
}

test('a scope before a search in Splunk narrows it', () => {
  const scoped = {
    ...defaultTargetSettings,
    splunk: { ...defaultTargetSettings.splunk, scopeOf: () => 'index=dns' },
  };
  for (const [, detection] of blank) expect(codesOf(splunk, detection, scoped)).toEqual([]);
});

test.each([
  ["a: ['*']\ncondition: a", 'the query finds every event, whatever it holds'],
  ['a: { User: x }\ncondition: a or not a', 'the query finds every event, whatever it holds'],
  [
    "a: ['?*']\ncondition: a",
    'the query finds every event: the rule only asks for what each of them has',
  ],
  [
    "a: ['?*']\nb: { User: null }\ncondition: a and b",
    'the query finds every event that has none of its fields: it only says what an event must not have',
  ],
  [
    'a: { User: x }\ncondition: not a',
    'the query finds every event that has none of its fields: it only says what an event must not have',
  ],
])('the refusal of %j says why', (detection, message) => {
  for (const target of [graylog, esQs, xpackWatcher]) {
    const conversion = target.convert(detectionOf(detection), defaultTargetSettings);
    expect(conversion.ok ? [] : conversion.error.map((problem) => problem.message)).toEqual([
      message,
    ]);
  }
});

test('an empty text is a missing field where the store keeps none', () => {
  expect(refusalOf(graylog, "a: { 'c-useragent': '' }\ncondition: a", defaultTargetSettings)).toBe(
    'TGT005',
  );
  expect(
    refusalOf(esQs, "a: { 'c-useragent': '' }\ncondition: a", defaultTargetSettings),
  ).toBeUndefined();
});

test.each([
  "s: { A: '' }\ncondition: not s",
  "k: { A: '' }\nn: { A: 'x*' }\ncondition: not k and not n",
  "a: { 'ParentImage|neq': ['', xx] }\ncondition: a",
  "k: { A: '' }\nn: { B: x }\ncondition: not (k or (not k and n))",
])('a missing field does not count as empty under `not`: %s', (detection) => {
  expect(refusalOf(graylog, detection, defaultTargetSettings)).toBe('TGT005');
  expect(refusalOf(esQs, detection, defaultTargetSettings)).toBe('TGT005');
  expect(refusalOf(graylog, detection, inStream)).toBeUndefined();
});

test.each([
  ['graylog', graylog, "a: ['?*']\ncondition: a"],
  ['graylog', graylog, "a: { source: '?*' }\ncondition: a"],
  ['graylog', graylog, "a: { 'source|re': '.*' }\ncondition: a"],
  ['graylog', graylog, "a: { 'source|re': '^[a-z.]+$' }\ncondition: a"],
  ['graylog', graylog, "a: { message: '?*' }\ncondition: a"],
  ['graylog', graylog, "a: { message: '' }\ncondition: a"],
  ['graylog', graylog, "a: { 'message|contains': '==' }\ncondition: a"],
  ['graylog', graylog, "a: { '_id|exists': true }\ncondition: a"],
  ['graylog', graylog, "a: { streams: '*' }\ncondition: a"],
  ['graylog', graylog, 'a: { gl2_source_node: null }\ncondition: a'],
  ['graylog', graylog, "a: { full_message: '?*' }\ncondition: a"],
  ['graylog', graylog, "a: { User: bob }\nb: { source: '??*' }\ncondition: a or b"],
  ['graylog', graylog, "a: { source: '???' }\ncondition: not a"],
  ['graylog', graylog, 'a: { timestamp|gt: 0 }\ncondition: a'],
  ['es-qs', esQs, "a: ['??']\ncondition: a"],
  ['es-qs', esQs, "a: { '_id|exists': true }\ncondition: a"],
  ['es-qs', esQs, "a: { '_routing|exists': false }\ncondition: a"],
] as const)('%s may find every event', (_, target, detection) =>
  expect(refusalOf(target, detection, defaultTargetSettings)).toBe('TGT005'),
);

test.each([
  ['a text of a field that every message has', "a: { source: 'web*' }\ncondition: a"],
  ['words of the message', "a: { 'message|contains': 'a==' }\ncondition: a"],
  ['an expression with a text', "a: { 'source|re': '^web.*' }\ncondition: a"],
  ['an expression with few characters', "a: { 'source|re': '[0-9]{4}' }\ncondition: a"],
  ['wildcards in a field of the rule', "a: { User: '?*' }\ncondition: a"],
  ['a field that no message lacks', 'a: { source: null }\ncondition: a'],
] as const)('Graylog takes %s', (_, detection) =>
  expect(refusalOf(graylog, detection, defaultTargetSettings)).toBeUndefined(),
);

const correlation = (groupBy: string): string => `
title: Not internal
name: outside
logsource: { product: zeek }
detection: { a: { 'id.orig_h|cidr': 10.0.0.0/8 }, condition: not a }
---
title: Many
correlation: { type: event_count, rules: [outside], timespan: 5m, condition: { gte: 10 }${groupBy} }
`;

test('a correlation counts every event, unless a group-by field leaves out those without it', () => {
  const refused = ['', ', group-by: [id.orig_h]'].map((groupBy) => {
    const rule = compileText(correlation(groupBy)).find(({ kind }) => kind === 'correlation');
    if (!rule) throw new Error('the correlation does not compile');
    const conversion = xpackWatcher.convert(rule, defaultTargetSettings);
    return conversion.ok ? undefined : conversion.error[0]?.code;
  });
  expect(refused).toEqual(['TGT005', undefined]);
});

const twoRules = (lines: string): string => `
title: Not a
name: nota
logsource: { product: linux, service: sshd }
detection: { s: { kind: a }, condition: not s }
---
title: A
name: a
logsource: { product: linux, service: sshd }
detection: { s: { kind: a }, condition: s }
---
title: Both
correlation: { timespan: 5m, ${lines} }
`;

function codesOfCorrelation(target: RegisteredTarget, lines: string): readonly string[] {
  const rule = compileText(twoRules(lines)).find(({ kind }) => kind === 'correlation');
  if (!rule) throw new Error('the correlation does not compile');
  const conversion = target.convert(rule, defaultTargetSettings);
  const found = conversion.ok ? conversion.diagnostics : conversion.error;
  return found.flatMap(({ code }) => (code === 'TGT005' || code === 'TGT009' ? [code] : []));
}

describe('a correlation', () => {
  const aliased = (field: string, other: string): string =>
    `type: event_count, rules: [nota, a], condition: { gte: 3 }, group-by: [who], aliases: { who: { nota: ${field}, a: ${other} } }`;

  test.each([
    ['one of its rules is enough', 'type: temporal, rules: [nota, a], condition: { gte: 1 }'],
    [
      'one is enough, and two are too many',
      'type: temporal, rules: [nota, a], condition: { lt: 2 }',
    ],
    ['exactly one is wanted', 'type: temporal, rules: [a, nota], condition: { eq: 1 }'],
    ['no value is enough', 'type: value_count, rules: [nota], condition: { field: User, lt: 100 }'],
    ['an alias in its group is a field of every event', aliased('source', 'User')],
  ])('that every event fulfils is told: %s', (_, lines) => {
    expect(codesOfCorrelation(splunk, lines)).toEqual(['TGT009']);
    if (!lines.includes('aliases'))
      expect(codesOfCorrelation(xpackWatcher, lines)).toEqual(['TGT005']);
  });

  test.each([
    ['both of its rules are wanted', 'type: temporal, rules: [nota, a]'],
    ['two are wanted', 'type: temporal, rules: [nota, a], condition: { gte: 2 }'],
    ['they are wanted in order', 'type: temporal_ordered, rules: [nota, a]'],
    ['a group', 'type: temporal, rules: [nota, a], group-by: [User], condition: { gte: 1 }'],
    ['values are wanted', 'type: value_count, rules: [nota], condition: { field: User, gte: 3 }'],
    ['numbers are wanted', 'type: value_avg, rules: [nota], condition: { field: Bytes, lt: 3 }'],
    ['an alias of an own field for the rule that is narrow', aliased('User', 'source')],
  ])('that is narrow is not: %s', (_, lines) => {
    expect(codesOfCorrelation(splunk, lines)).toEqual([]);
    if (!lines.includes('aliases')) expect(codesOfCorrelation(xpackWatcher, lines)).toEqual([]);
  });

  test('in a Graylog pack asks for no field where no value is enough', () => {
    const bag = createBag();
    const config = readConfig({ path: 'sigpack.yml', text: 'targets: [graylog]' }, bag);
    const text = twoRules('type: value_count, rules: [nota], condition: { field: User, lt: 100 }');
    if (config)
      assemblePack({
        collection: collect(readDocuments({ path: 'rule.yml', text }, bag).documents, bag),
        config,
        bag,
      });
    expect(bag.list.map(({ code }) => code)).toContain('TGT005');
  });
});

test.each([
  [[], 'TGT005'],
  [['Default Stream'], 'TGT005'],
  [['Default Stream', 'Zeek'], 'TGT005'],
  [['Zeek'], undefined],
])(
  'the stream that a parameter has by default narrows as the same stream does: %j',
  (streams, code) => {
    const withParameter = {
      ...defaultTargetSettings,
      graylog: { ...defaultTargetSettings.graylog, streams, streamParameter: 'STREAM' },
    };
    expect(refusalOf(graylog, 'a: { User: bob }\ncondition: not a', withParameter)).toBe(code);
  },
);

describe('a Splunk pack', () => {
  const codesWith = (
    indexes: string,
    detection = 'a: { User: bob }, condition: not a',
  ): readonly string[] => {
    const bag = createBag();
    const rule = `title: Not internal\nstatus: test\nlogsource: { product: zeek }\ndetection: { ${detection} }\n`;
    const config = readConfig({ path: 'sigpack.yml', text: `targets: [splunk]\n${indexes}` }, bag);
    if (!config) throw new Error('the configuration is invalid');
    assemblePack({
      collection: collect(readDocuments({ path: 'rule.yml', text: rule }, bag).documents, bag),
      config,
      bag,
    });
    return bag.list.map(({ code }) => code).filter((code) => code.startsWith('TGT'));
  };

  test.each([
    '',
    'splunk: { indexes: [{ match: { product: zeek }, definition: index=* }] }',
    "splunk: { indexes: [{ match: { product: zeek }, definition: '(index=* OR index=_*)' }] }",
  ])('refuses a search of every event with %s', (indexes) =>
    expect(codesWith(indexes)).toEqual(['TGT005']),
  );

  test.each(['index=zeek', 'index=* sourcetype=zeek:conn', 'index=zeek*'])(
    'takes one that is narrowed by %s',
    (definition) => {
      expect(
        codesWith(
          `splunk: { indexes: [{ match: { product: zeek }, definition: '${definition}' }] }`,
        ),
      ).toEqual([]);
    },
  );

  test.each([
    "a: ['?*'], condition: a",
    "a: { source: '?*' }, condition: a",
    "a: { 'source|re': '.*' }, condition: a",
    "a: { '_raw|re': '\\w' }, condition: a",
    "a: { linecount: '*' }, condition: a",
    "a: { 'linecount|gte': 1 }, condition: a",
    "a: { 'punct|exists': true }, condition: a",
    "a: { '_indextime|exists': true }, condition: a",
    'a: { tag: null }, condition: a',
    "a: { 'source|fieldref': host }, condition: a",
  ])('refuses %s, which may find every event', (detection) =>
    expect(codesWith('', detection)).toEqual(['TGT005']),
  );

  test.each([
    "a: { source: 'x*' }, condition: a",
    "a: { 'source|fieldref': User }, condition: a",
    'a: { linecount: 7 }, condition: a',
  ])('takes %s', (detection) =>
    expect(codesWith('', detection).filter((code) => code !== 'TGT002')).toEqual([]),
  );
});
