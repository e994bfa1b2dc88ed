import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { defaultTargetSettings } from '../src/backend/registry.ts';
import type { ConvertedEntry } from '../src/backend/target.ts';
import { watchId } from '../src/backend/xpack-watcher/formats.ts';
import { compileText, detectionOf, loginRules } from './compile.ts';
import { xpackWatcher } from './registered.ts';

const settings = defaultTargetSettings;
type Converted = Extract<ReturnType<typeof xpackWatcher.convert>, { ok: true }>;

function converted(rule: Parameters<typeof xpackWatcher.convert>[0]): Converted {
  const conversion = xpackWatcher.convert(rule, settings);
  if (!conversion.ok) throw new Error(conversion.error.map(({ message }) => message).join('; '));
  return conversion;
}

/** The value at `a/b/0/c` of the rule's watch. */
function at(rule: Parameters<typeof xpackWatcher.convert>[0], path = ''): unknown {
  let value: unknown = converted(rule).value.document;
  for (const key of path.split('/').filter((part) => part !== ''))
    value = (value as Record<string, unknown>)[key];
  return value;
}
const search = 'input/search/request/body';
const ruleOf = (title: string, detection: string) => {
  const [rule] = compileText(
    `title: ${JSON.stringify(title)}\nlogsource: { product: windows }\ndetection:\n  selection:\n    ${detection}\n  condition: selection\nlevel: high\ntags: [attack.t1059]\n`,
  );
  if (!rule) throw new Error('the rule does not compile');
  return rule;
};
const entryOf = (rule: Parameters<typeof xpackWatcher.convert>[0]): ConvertedEntry => ({
  rule: rule.rule,
  converted: converted(rule).value,
});
const format = (name: string) => {
  const found = xpackWatcher.formats.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no format ${name}`);
  return found;
};

describe('detections', () => {
  it('are a whole watch', () => {
    expect(at(ruleOf('Seed', 'EventID: [1031, 1032]'))).toEqual({
      trigger: { schedule: { interval: '300s' } },
      input: {
        search: {
          request: {
            indices: ['logs-*'],
            rest_total_hits_as_int: true,
            body: {
              size: 10,
              track_total_hits: true,
              query: {
                bool: {
                  must: [
                    { query_string: { query: 'EventID:("1031" "1032")', analyze_wildcard: true } },
                  ],
                  filter: [{ range: { '@timestamp': { gte: 'now-900s/s', lt: 'now-600s/s' } } }],
                },
              },
              sort: [{ '@timestamp': { order: 'desc' } }],
            },
          },
        },
      },
      condition: { compare: { 'ctx.payload.hits.total': { gte: 1 } } },
      throttle_period: '3600s',
      actions: {
        log: {
          logging: {
            level: 'info',
            text: 'Sigma rule {{ctx.metadata.title}} [{{ctx.watch_id}}]: {{ctx.payload.hits.total}} events',
          },
        },
      },
      metadata: { title: 'Seed', level: 'high', tags: ['attack.t1059'] },
    });
  });

  it('follow the settings', () => {
    const elasticsearch = {
      ...settings.elasticsearch,
      index: 'winlogbeat-*',
      interval: 60,
      throttle: 7,
      timestampField: 'event.created',
    };
    const conversion = xpackWatcher.convert(ruleOf('Seed', 'a: b'), { ...settings, elasticsearch });
    const text = JSON.stringify(conversion.ok && conversion.value.document);
    for (const part of [
      '"60s"',
      '"7s"',
      '["winlogbeat-*"]',
      '{"range":{"event.created":{"gte":"now-660s/s","lt":"now-600s/s"}}}',
    ])
      expect(text).toContain(part);
  });

  it('that pass a limit search for one of several texts', () => {
    const values = Array.from({ length: 3000 }, (_, index) => `'value number ${index}'`).join(', ');
    const rule = ruleOf('Long', `a: [${values}]`);
    expect(at(rule, `${search}/query/bool/must/0/bool/minimum_should_match`)).toBe(1);
    expect(at(rule, `${search}/query/bool/must/0/bool/should/length`)).toBeGreaterThan(1);
  });
});

describe('templates', () => {
  /** What Mustache makes of the search, as far as our tags go. */
  const rendered = (text: string, brace: string) =>
    text.replaceAll('{{ctx.metadata.brace}}', brace);

  it.each(['{{ctx.payload}}', '{{{x}}}', "a {{#toJson}}x{{/toJson}} '{{'", '{{=<% %>=}}', '{{'])(
    '%s in a value stays text',
    (value) => {
      const rule = ruleOf('T', `a: ${JSON.stringify(value)}`);
      const body = JSON.stringify(at(rule, search));
      expect(body.replaceAll('{{ctx.metadata.brace}}', '')).not.toContain('{{');
      const plain = JSON.stringify(
        at(ruleOf('T', `a: ${JSON.stringify(value.replaceAll('{', '\u00a4'))}`), search),
      );
      expect(rendered(body, String(at(rule, 'metadata/brace')))).toBe(
        plain.replaceAll('\u00a4', '{'),
      );
    },
  );

  it('titles are only in the metadata, which is not a template', () => {
    const { metadata, ...rest } = at(ruleOf('{{ctx.payload}} {{{x}}}', 'a: b')) as Record<
      string,
      unknown
    >;
    expect(metadata).toEqual({
      title: '{{ctx.payload}} {{{x}}}',
      level: 'high',
      tags: ['attack.t1059'],
    });
    expect(JSON.stringify(rest)).not.toContain('{{ctx.payload}}');
  });

  it('group fields stay text', () => {
    const rule = correlation(
      'type: event_count\nrules: [failed]\ngroup-by: ["{{x}}"]\ntimespan: 5m\ncondition: { gte: 10 }',
    );
    expect(at(rule, `${search}/aggs/groups/terms/field`)).toBe(
      '{{ctx.metadata.brace}}{{ctx.metadata.brace}}x}}',
    );
  });
});

const bases = `${loginRules}---
title: Third
name: third
logsource: { product: windows }
detection:
  selection: { EventID: 1 }
  condition: selection
`;

function correlation(body: string) {
  const lines = body.split('\n').map((line) => `  ${line}`);
  const outer = compileText(
    `${bases}---\ntitle: Outer\nname: outer\ncorrelation:\n${lines.join('\n')}\n`,
  ).find((rule) => rule.rule.name === 'outer');
  if (!outer) throw new Error('the correlation does not compile');
  return outer;
}

const groups = `${search}/aggs/groups`;
const selector = `${groups}/aggs/fulfilled/bucket_selector`;

describe('correlations', () => {
  it('event_count', () => {
    const rule = correlation(
      'type: event_count\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 10m\ncondition: { gte: 10, lt: 1e12 }',
    );
    expect(at(rule, 'trigger/schedule/interval')).toBe('600s');
    expect(at(rule, search)).toEqual({
      size: 0,
      query: {
        bool: {
          must: [{ query_string: { query: 'EventID:("4625" "4624")', analyze_wildcard: true } }],
          filter: [
            { range: { '@timestamp': { gte: 'now-1200s/s', lt: 'now-600s/s' } } },
            { exists: { field: 'User' } },
          ],
        },
      },
      aggs: {
        groups: {
          terms: { field: 'User', size: 10_000 },
          aggs: {
            fulfilled: {
              bucket_selector: {
                buckets_path: { value: '_count' },
                script: {
                  source: 'params.value >= params.threshold_1 && params.value < params.threshold_2',
                  params: { threshold_1: 10, threshold_2: 1e12 },
                },
              },
            },
          },
        },
      },
    });
    expect(at(rule, 'condition')).toEqual({
      array_compare: {
        'ctx.payload.aggregations.groups.buckets': {
          path: 'doc_count',
          gte: { value: 1, quantifier: 'some' },
        },
      },
    });
  });

  it('with lower bounds only look back one interval more', () => {
    const rule = correlation(
      'type: event_count\nrules: [failed]\ntimespan: 10m\ncondition: { gte: 10 }',
    );
    expect(at(rule, 'trigger/schedule/interval')).toBe('300s');
    expect(at(rule, `${search}/query/bool/filter`)).toEqual([
      { range: { '@timestamp': { gte: 'now-1500s/s', lt: 'now-600s/s' } } },
    ]);
    expect(at(rule, `${groups}/filters`)).toEqual({ filters: [{ match_all: {} }] });
    expect(
      converted(rule)
        .diagnostics.map(({ message }) => message)
        .join(),
    ).toContain('looks back 900 s every 300 s');
  });

  it.each([
    ['value_sum', '{ field: Bytes, gte: 100 }', true],
    ['value_sum', '{ field: Bytes, lt: 100 }', false],
    ['value_count', '{ field: User, gte: 3 }', false],
  ])(
    'of %s with %s say whether numbers below 0 may hide what a longer window holds',
    (type, condition, expected) => {
      const { diagnostics } = converted(
        correlation(`type: ${type}\nrules: [failed]\ntimespan: 5m\ncondition: ${condition}`),
      );
      expect(diagnostics.some(({ message }) => message.includes('numbers below 0'))).toBe(expected);
    },
  );

  it.each([
    [
      'value_count',
      'condition: { field: User, gte: 3 }',
      { cardinality: { field: 'User', precision_threshold: 40_000 } },
      'value',
    ],
    ['value_sum', 'condition: { field: Bytes, gt: 3 }', { sum: { field: 'Bytes' } }, 'value'],
    ['value_avg', 'condition: { field: Bytes, gt: 3 }', { avg: { field: 'Bytes' } }, 'value'],
    [
      'value_percentile',
      'condition: { field: Bytes, gt: 3, percentile: 95 }',
      { percentiles: { field: 'Bytes', percents: [95] } },
      'value[95]',
    ],
  ])('%s', (type, condition, metric, path) => {
    const rule = correlation(
      `type: ${type}\nrules: [failed]\ngroup-by: [Host, Domain]\ntimespan: 5m\n${condition}`,
    );
    expect(at(rule, `${groups}/multi_terms`)).toEqual({
      terms: [{ field: 'Host' }, { field: 'Domain' }],
      size: 10_000,
    });
    expect(at(rule, `${groups}/aggs/value`)).toEqual(metric);
    expect(at(rule, `${selector}/buckets_path`)).toEqual({ value: path });
  });

  it.each([
    ['lt: 4', []],
    ['neq: 2', []],
    ['gte: 2, lt: 4', [{ exists: { field: 'Unit' } }]],
  ])('a group without values has 0 of them, which %s may hold of', (condition, present) => {
    const rule = correlation(
      `type: value_count\nrules: [failed]\ngroup-by: [User]\ntimespan: 5m\ncondition: { field: Unit, ${condition} }`,
    );
    expect(at(rule, `${search}/query/bool/filter`)).toMatchObject([
      {},
      { exists: { field: 'User' } },
      ...present,
    ]);
  });

  it.each([
    ['value_percentile', 'percentile: 75, ', true],
    ['value_percentile', 'percentile: 50, ', false],
    ['value_median', '', false],
  ])('%s of %s is estimated: %s', (type, percentile, estimated) => {
    const rule = correlation(
      `type: ${type}\nrules: [failed]\ntimespan: 5m\ncondition: { field: Bytes, ${percentile}gt: 3 }`,
    );
    expect(converted(rule).diagnostics.some(({ message }) => message.includes('t-digest'))).toBe(
      estimated,
    );
  });

  it('temporal', () => {
    const rule = correlation(
      'type: temporal\nrules: [failed, login, third]\ngroup-by: [User]\ntimespan: 5m',
    );
    expect(at(rule, `${groups}/aggs/rule_2`)).toEqual({
      filter: { query_string: { query: 'EventID:"4624"', analyze_wildcard: true } },
    });
    expect(at(rule, selector)).toEqual({
      buckets_path: { rule_1: 'rule_1>_count', rule_2: 'rule_2>_count', rule_3: 'rule_3>_count' },
      script: {
        source:
          '((params.rule_1 > 0 ? 1 : 0) + (params.rule_2 > 0 ? 1 : 0) + (params.rule_3 > 0 ? 1 : 0)) >= params.threshold_1',
        params: { threshold_1: 3 },
      },
    });
  });

  it('temporal_ordered of two rules', () => {
    const rule = correlation(
      'type: temporal_ordered\nrules: [failed, login]\ngroup-by: [User]\ntimespan: 5m',
    );
    expect(at(rule, `${selector}/script/source`)).toBe(
      'params.rule_1 > 0 && params.rule_2 > 0 && params.first <= params.last',
    );
  });

  it.each([
    [
      'temporal_ordered of three',
      'type: temporal_ordered\nrules: [failed, login, third]\ntimespan: 5m',
      'order of two rules only',
    ],
    [
      'aliases of several fields',
      'type: temporal\nrules: [failed, login]\naliases: { ip: { failed: a, login: b } }\ngroup-by: [ip]\ntimespan: 5m',
      'is another field in each rule',
    ],
  ])('%s are refused', (_name, body, reason) => {
    const conversion = xpackWatcher.convert(correlation(body), settings);
    expect(conversion.ok ? '' : conversion.error[0]?.message).toContain(reason);
  });
});

describe('formats', () => {
  const hostile = ruleOf(`it's "$(id)" \`id\` \\ !! {{x}}\n`, `a: "it's '; id #"`);
  const other = ruleOf('Other', 'a: b');

  it('json is the body; several are an array', () => {
    const [one, two] = [entryOf(hostile), entryOf(other)];
    expect(JSON.parse(format('json').print([one]))).toEqual(one.converted.document);
    expect(JSON.parse(format('json').print([one, two]))).toEqual(
      [one, two].map(({ rule, converted: { document } }) => ({
        id: watchId(rule),
        body: document,
      })),
    );
    expect(
      format('ndjson')
        .print([one, two])
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    ).toEqual([watchId(one.rule), 'other']);
  });

  it('curl passes a shell unharmed', () => {
    const text = format('curl').print([entryOf(hostile), entryOf(other)]);
    const output = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${text}`], {
      encoding: 'utf8',
      env: { ELASTICSEARCH_URL: 'http://es:9200' },
    });
    const words = output.split('\0');
    expect(words.length).toBe(2 * 7 + 1);
    expect(words.slice(0, 5)).toEqual([
      '-X',
      'PUT',
      'http://es:9200/_watcher/watch/it-s-id-id-x',
      '-H',
      'Content-Type: application/json',
    ]);
    expect(JSON.parse(words[6] ?? '')).toEqual(at(hostile));
    expect(JSON.parse(words[13] ?? '')).toEqual(at(other));
  });

  it.each([
    [
      { id: '5f1abf38-291b-4dde-8739-e9cfe8f2e2b6', title: 'x' },
      '5f1abf38-291b-4dde-8739-e9cfe8f2e2b6',
    ],
    [{ id: '../_all?x=$(id)', title: 'x' }, 'all-x-id'],
    [{ title: 'Überraschung 日本' }, 'überraschung-日本'],
    [{ title: '/// ' }, 'sigma-rule'],
  ])('%o is %s', (rule, id) => {
    expect(watchId(rule).replace(/^_/, '')).toBe(id);
  });
});

it('a rule without an id has none in its metadata', () => {
  expect(at(detectionOf('selection: { a: b }\ncondition: selection'), 'metadata/id')).toBe(
    '00000000-0000-4000-8000-000000000000',
  );
  expect(at(ruleOf('x', 'a: b'), 'metadata')).not.toHaveProperty('id');
});
