import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ContentPackInput, renderContentPack } from '../src/pack/graylog/content-pack.ts';
import { checkContentPack, graylogLimits } from '../src/pack/graylog/content-pack-check.ts';
import { eventDefinitions } from '../src/pack/graylog/event-definition.ts';
import type {
  GraylogAggregationSearch,
  GraylogDetection,
  PackDetection,
  PackInfo,
} from '../src/pack/model/detection.ts';
import { checkQuery } from '../src/pack/model/query-check.ts';
import { createRenderer } from '../src/pack/render/template.ts';
import { uuidV5 } from '../src/source/uuid.ts';
import { packOf, textOf } from './pack-of.ts';

const names = [
  'content-pack',
  'event-definition',
  'stream-title',
  'stream',
  'notification',
  'dashboard',
  'pipeline-rule',
  'pipeline',
].map((name) => `graylog/${name}.json.hbs`);
const templates = new Map(
  names.map((name) => [
    name,
    readFileSync(new URL(`../templates/${name}`, import.meta.url), 'utf8'),
  ]),
);
const render = createRenderer({ templates });

const info: PackInfo = {
  id: 'starter',
  title: 'Starter',
  version: '1.2.3',
  description: 'd',
  author: 'a',
  vendor: 'v',
  url: '',
  license: 'Apache-2.0',
  revision: 7,
};
const id = '13fc89a9-971e-4ca6-b9dc-aa53a445bf40';
const place = { line: 1, column: 1, start: 0, end: 0 };

interface Parts {
  readonly rule?: object;
  readonly settings?: object;
  readonly graylog?: object;
  readonly detection?: Partial<PackDetection>;
}

function detection({
  rule = {},
  settings = {},
  graylog = {},
  detection = {},
}: Parts = {}): PackDetection {
  return {
    id,
    name: 'DHCP callout',
    slug: 'dhcp_callout',
    filterMacro: 'sigpack_dhcp_callout_filter',
    severity: 'critical',
    logSources: [],
    attack: {
      tactics: ['execution'],
      techniques: ['T1059', 'T1574.002'],
      groups: [],
      software: [],
    },
    // the parts of a rule and of its settings that a content pack reads
    rule: {
      kind: 'detection',
      file: { path: 'r.yml', text: '' },
      span: place,
      titleSpan: place,
      title: 'DHCP callout',
      id,
      status: 'test',
      author: 'Jane Doe',
      description: 'Finds it.',
      references: ['https://example.org/a_b*c'],
      tags: ['attack.T1059', 'Bad Tag'],
      falsepositives: ['Unlikely <b>* & more'],
      fields: [],
      logsource: {},
      detection: { span: place, searches: new Map(), conditions: [] },
      ...rule,
    } as unknown as PackDetection['rule'],
    settings: {
      enabled: true,
      interval: 900,
      delay: 600,
      threshold: 1,
      splunk: { securityDomain: 'threat', savedsearch: {} },
      ...settings,
      graylog: { keyFields: ['source'], streams: [], ...graylog },
    },
    ...detection,
  };
}

const filter = (queries: readonly string[], parts: Parts = {}): GraylogDetection => ({
  detection: detection(parts),
  search: { kind: 'filter', queries },
});
const aggregation = (
  search: Partial<GraylogAggregationSearch>,
  parts: Parts = {},
): GraylogDetection => ({
  detection: detection(parts),
  search: {
    kind: 'aggregation',
    query: 'a:"b"',
    groupBy: ['user'],
    series: { type: 'count' },
    conditions: [{ operator: '>=', value: 5 }],
    within: 600,
    every: 300,
    ...search,
  },
});

function pack(
  detections: readonly GraylogDetection[],
  options: Partial<ContentPackInput['options']> = {},
  drawn = render,
) {
  const { text, reasons } = renderContentPack({
    info,
    detections,
    options: { minimumServerVersion: '6.0.0', streams: { kind: 'all' }, ...options },
    render: drawn,
  });
  return { text, reasons };
}

const only = (g: GraylogDetection, minimumServerVersion = '6.0.0') => {
  const [entity, ...others] = eventDefinitions(g, info, { minimumServerVersion, streamIds: [] });
  expect(others).toEqual([]);
  if (entity === undefined) throw new Error('no event definition');
  return entity;
};

describe('uuidV5', () => {
  test('gives the vector of RFC 9562, A.4', () => {
    expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });
  test('refuses a namespace that is none', () =>
    expect(() => uuidV5('x', 'a')).toThrow(RangeError));
});

describe('event definitions', () => {
  test('a filter has equal windows, no series and an event limit', () => {
    const { data } = only(filter(['EventID:("1031" "1032")']));
    expect(data.config).toEqual({
      type: 'aggregation-v1',
      query: { '@type': 'string', '@value': 'EventID:("1031" "1032")' },
      streams: [],
      group_by: [],
      series: [],
      conditions: { expression: null },
      search_within_ms: 900_000,
      execute_every_ms: 900_000,
      event_limit: 1000,
    });
    expect(Object.keys(data.field_spec).filter((name) => name.startsWith('sigma_'))).toEqual([
      'sigma_pack',
      'sigma_rule',
      'sigma_rule_id',
      'sigma_level',
      'sigma_tactic',
      'sigma_technique',
      'sigma_techniques',
    ]);
    expect(data.field_spec).toMatchObject({
      sigma_techniques: {
        data_type: 'string',
        providers: [{ type: 'template-v1', template: 'T1059 T1574.002', require_values: false }],
      },
      source: {
        data_type: 'string',
        providers: [{ type: 'template-v1', template: `$\{source.source}`, require_values: false }],
      },
    });
    expect(data.key_spec).toEqual(['source']);
  });

  test('an aggregation tests its series, and its group is its key', () => {
    const conditions = [
      { operator: '>=', value: 5 },
      { operator: '!=', value: 7 },
    ] as const;
    const { data } = only(aggregation({ series: { type: 'card', field: 'host' }, conditions }));
    expect(data.config).toMatchObject({
      group_by: ['user'],
      series: [{ type: 'card', id: 'card-host', field: 'host' }],
      search_within_ms: 600_000,
      execute_every_ms: 300_000,
    });
    const ref = { expr: 'number-ref', ref: 'card-host' };
    expect(data.config.conditions.expression).toEqual({
      expr: '&&',
      left: { expr: '>=', left: ref, right: { expr: 'number', value: 5 } },
      right: { expr: '!', left: { expr: '==', left: ref, right: { expr: 'number', value: 7 } } },
    });
    expect(data.key_spec).toEqual(['user']);
  });

  test('a threshold counts', () => {
    const { data } = only(filter(['a:"b"'], { settings: { threshold: 3, window: 1800 } }));
    expect(data.key_spec).toEqual([]);
    expect(data.config).toMatchObject({
      group_by: [],
      series: [{ type: 'count', id: 'count-' }],
      search_within_ms: 1_800_000,
      execute_every_ms: 900_000,
    });
    expect(pack([filter(['a', 'b'], { settings: { threshold: 3 } })]).reasons).toEqual([
      expect.stringContaining('a threshold needs one query'),
    ]);
  });

  test.each([
    ['critical', '6.0.0', 3],
    ['critical', '6.2.0', 4],
    ['critical', '10.0.0', 4],
    ['high', '7.0.0', 3],
    ['medium', '6.0.0', 2],
    ['low', '6.0.0', 1],
    ['informational', '6.0.0', 1],
  ] as const)('severity %s on %s is priority %i', (severity, version, priority) => {
    expect(only(filter(['a'], { detection: { severity } }), version).data.priority).toEqual({
      '@type': 'integer',
      '@value': priority,
    });
  });

  test.each([
    ['5.2.0', false, false],
    ['6.0.0', true, false],
    ['7.1.9', true, false],
    ['7.2.0', true, true],
  ])('keys for %s', (version, remediation, tags) => {
    const { data } = only(filter(['a']), version);
    expect('remediation_steps' in data).toBe(remediation);
    expect([data.tags, data.tactics_techniques]).toEqual(
      tags ? [['attack.t1059'], ['TA0002', 'T1059', 'T1574.002']] : [undefined, undefined],
    );
  });

  test('several queries are parts with ids of their own, the first has the id of the whole', () => {
    const parts = eventDefinitions(filter(['a', 'b']), info, {
      minimumServerVersion: '6.0.0',
      streamIds: [],
    });
    expect(parts.map(({ data }) => data.title['@value'])).toEqual([
      'DHCP callout',
      'DHCP callout (part 2)',
    ]);
    expect(new Set(parts.map((part) => part.id)).size).toBe(2);
    expect(parts[0]?.id).toBe(only(filter(['a'])).id);
  });

  test('texts: description plain, remediation Markdown that a rule cannot mark up', () => {
    const { data } = only(filter(['a'], { graylog: { remediation: '**Call** the owner' } }));
    expect(data.description['@value']).toBe(
      `Finds it.\n\nReferences:\n- https://example.org/a_b*c\n\nATT&CK: execution, T1059, T1574.002\n\nSigma rule: id ${id}, status test, by Jane Doe`,
    );
    expect(data.remediation_steps?.['@value']).toBe(
      '**Call** the owner\n\n**False positives**\n\n- Unlikely &lt;b&gt;\\* &amp; more\n\n**References**\n\n- [https://example.org/a\\_b\\*c](https://example.org/a_b%2Ac)',
    );
  });

  test('the common steps, unless there are some for Graylog alone', () => {
    const steps = (own?: string) =>
      only(
        filter(['a'], {
          settings: { remediation: '1. Look.' },
          graylog: own === undefined ? {} : { remediation: own },
        }),
      ).data;
    expect(steps().remediation_steps?.['@value']).toMatch(/^1\. Look\.\n\n\*\*False/);
    expect(steps('**Call**').remediation_steps?.['@value']).toMatch(/^\*\*Call\*\*\n\n\*\*False/);
  });

  test('enabling and suppression', () => {
    const { data } = only(
      filter(['a'], {
        settings: { enabled: false, suppress: { fields: ['user'], period: 60 } },
        graylog: { keyFields: [] },
      }),
    );
    expect(data.is_scheduled['@value']).toBe(false);
    expect(data.notification_settings.grace_period_ms).toBe(60_000);
    expect(data.key_spec).toEqual(['user', 'sigpack_nobody']);
  });

  test.each(['win.user', 'a b', `$\{x}`, 'a}b', 'a;b', 'a,b', '', 'ünï'])(
    'key field %j is refused',
    (field) => {
      const g = filter(['a'], { graylog: { keyFields: [field, 'user'] } });
      expect(only(g).data.key_spec).toEqual(['user']);
      expect(pack([g]).reasons).toEqual([expect.stringContaining('cannot be in a template')]);
    },
  );
});

describe('content pack', () => {
  test('is what was meant, the same each time', () => {
    const detections = [filter(['a:"b"']), aggregation({}, { detection: { id: 'x' } })];
    const { text, reasons } = pack(detections);
    expect(reasons).toEqual([]);
    expect(pack(detections).text).toBe(text);
    const parsed = JSON.parse(text);
    expect(parsed).toMatchObject({
      v: '1',
      rev: 7,
      name: 'Starter',
      vendor: 'v',
      url: '',
      parameters: [],
    });
    expect(Object.keys(parsed)).toEqual([
      'v',
      'id',
      'rev',
      'name',
      'summary',
      'description',
      'vendor',
      'url',
      'parameters',
      'entities',
    ]);
    expect(parsed.entities).toHaveLength(2);
    expect(parsed.entities[0].constraints).toEqual([
      { type: 'server-version', version: '>=6.0.0' },
    ]);
  });

  test('streams: one entity a title, the own ones of a detection before the choice', () => {
    const own = filter(['b'], { graylog: { streams: ['Firewall'] }, detection: { id: 'x' } });
    const { text, reasons } = pack([filter(['a']), own], {
      streams: { kind: 'titles', titles: ['Firewall', 'Windows'] },
    });
    expect(reasons).toEqual([]);
    const [firewall, windows, first, second] = JSON.parse(text).entities;
    expect([firewall.data.title['@value'], windows.data.title['@value']]).toEqual([
      'Firewall',
      'Windows',
    ]);
    expect(first.data.config.streams).toEqual([firewall.id, windows.id]);
    expect(second.data.config.streams).toEqual([firewall.id]);
  });

  test('streams: a parameter, left out where no detection uses it', () => {
    const streams = { kind: 'parameter', name: 'STREAM', defaultTitle: 'Default Stream' } as const;
    const { text, reasons } = pack([filter(['a'])], { streams });
    expect(reasons).toEqual([]);
    const parsed = JSON.parse(text);
    expect(parsed.parameters).toMatchObject([
      { name: 'STREAM', type: 'string', default_value: 'Default Stream' },
    ]);
    expect(parsed.entities[0].data).toEqual({
      title: { '@type': 'parameter', '@value': 'STREAM' },
    });
    expect(
      JSON.parse(pack([filter(['a'], { graylog: { streams: ['Windows'] } })], { streams }).text)
        .parameters,
    ).toEqual([]);
  });

  test('nothing in a rule gets out of its place', () => {
    const hostile = '"}, {{pack}} $' + '{source} </script> \\" \u2028 \u0000 \ud800 {{/each}}';
    const g = filter(['a:"b"'], {
      rule: {
        description: hostile,
        references: [hostile],
        falsepositives: [hostile],
        author: hostile,
      },
      detection: { name: hostile },
    });
    const { text, reasons } = pack([g]);
    expect(reasons).toEqual([]);
    expect(JSON.parse(text).entities[0].data.title['@value']).toBe(hostile);
  });

  test.each([
    [
      'content-pack.json.hbs',
      (source: string) => source.replace('{{json pack.name}}', '"{{pack.name}}'),
      'give no JSON',
    ],
    [
      'event-definition.json.hbs',
      (source: string) =>
        source.replace('{{json entity.data.alert}}', '{"@type": "boolean", "@value": false}'),
      'data.alert',
    ],
    [
      'event-definition.json.hbs',
      (source: string) => source.replace('"alert"', '"allert"'),
      'data.allert is not a key',
    ],
  ])('a changed %s is found', (name, change, problem) => {
    const changed = createRenderer({
      templates: new Map([
        ...templates,
        [`graylog/${name}`, change(templates.get(`graylog/${name}`) ?? '')],
      ]),
    });
    expect(pack([filter(['a'])], {}, changed).reasons.join('\n')).toContain(problem);
  });

  test.each([0, 1, 3])(
    'a pack of %i detections reads the same where the templates are ours',
    (count) => {
      const detections = Array.from({ length: count }, (_, index) =>
        filter([`a:\u2011${index}`, 'b']),
      );
      const checked = pack(detections);
      expect(pack(detections, { templatesAreOurs: true })).toEqual(checked);
      expect(JSON.parse(checked.text).entities).toHaveLength(2 * count);
    },
  );

  test('templates of the user may change texts, not searches', () => {
    const source = templates.get('graylog/event-definition.json.hbs') ?? '';
    const with_ = (event: string) =>
      createRenderer({
        templates: new Map([...templates, ['graylog/event-definition.json.hbs', event]]),
      });
    const text = source.replace(
      '{{json entity.data.description}}',
      '{"@type": "string", "@value": "ours"}',
    );
    expect(pack([filter(['a'])], { customTemplates: true }, with_(text)).reasons).toEqual([]);
    const query = source.replace(
      '{{json entity.data.config}}',
      '{{#with entity.data.config}}{"type": "aggregation-v1", "query": {"@type": "string", "@value": "all"}}{{/with}}',
    );
    expect(
      pack([filter(['a'])], { customTemplates: true }, with_(query)).reasons.join('\n'),
    ).toContain('query');
    expect(
      pack(
        [filter(['a'])],
        { customTemplates: true },
        with_(source.replace('{{json entity.id}}', '"other"')),
      ).reasons.join('\n'),
    ).toContain('$.entities(event_definition');
  });
});

/** Sets what a path of keys leads to; `undefined` takes it away. */
function changed(pack: object, path: string, value: unknown): object {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place: object = pack;
  for (const key of keys) {
    const next: unknown = Reflect.get(place, key);
    if (typeof next !== 'object' || next === null)
      throw new Error(`${path} leads nowhere at ${key}`);
    place = next;
  }
  if (value === undefined) Reflect.deleteProperty(place, last);
  else Reflect.set(place, last, value);
  return pack;
}

describe('checkContentPack', () => {
  const detections = [filter(['a:"b"']), aggregation({}, { detection: { id: 'x' } })];
  const fresh = () =>
    JSON.parse(pack(detections, { streams: { kind: 'titles', titles: ['S'] } }).text);
  // entities: the stream, the filter, the aggregation
  const changes: [string, string, unknown, string][] = [
    ['an unknown key', 'extra', 1, 'pack.extra is not a key'],
    ['no v', 'v', undefined, 'pack.v is missing'],
    ['an id with a slash', 'id', 'a/b', 'pack.id'],
    ['revision 0', 'rev', 0, 'pack.rev'],
    ['a url that is none', 'url', 'a b', 'pack.url'],
    ['two entities alike', 'entities.2.id', fresh().entities[1].id, 'is there twice'],
    ['a stream that the pack lacks', 'entities.0.id', 'other', 'is not a stream of the pack'],
    ['no constraints', 'entities.1.constraints', undefined, 'constraints are missing'],
    ['a plain title', 'entities.1.data.title', 't', 'title is not a value'],
    [
      'a priority of the wrong type',
      'entities.1.data.priority',
      { '@type': 'string', '@value': '2' },
      'priority is not of type integer',
    ],
    ['priority 4 before 6.2', 'entities.1.data.priority.@value', 4, 'priority is not from 1 to 3'],
    ['tags before 7.2', 'entities.1.data.tags', [], 'data.tags is unknown to Graylog before 7.2'],
    [
      'a config key of 6.2',
      'entities.1.data.config.query_parameters',
      [],
      'unknown to Graylog before 6.2',
    ],
    [
      'unequal windows of a filter',
      'entities.1.data.config.search_within_ms',
      1,
      'windows of a filter must be equal',
    ],
    ['window 0', 'entities.2.data.config.search_within_ms', 0, 'search_within_ms is not above 0'],
    ['event limit 0', 'entities.1.data.config.event_limit', 0, 'event_limit is not from 1'],
    ['event limit 1001', 'entities.1.data.config.event_limit', 1001, 'event_limit is not from 1'],
    [
      'a condition on no series',
      'entities.2.data.config.conditions.expression.left.ref',
      'x',
      'names no series',
    ],
    [
      'an unknown operator',
      'entities.2.data.config.conditions.expression.expr',
      '<>',
      'is not an operator',
    ],
    [
      'a negation without its operand',
      'entities.2.data.config.conditions.expression',
      { expr: '!', child: { expr: 'true' } },
      'is not an expression',
    ],
    [
      'no conditions',
      'entities.2.data.config.conditions.expression',
      null,
      'group_by needs series and conditions',
    ],
    ['no series', 'entities.2.data.config.series', [], 'series and conditions need each other'],
    [
      'card without field',
      'entities.2.data.config.series.0.type',
      'card',
      'series card lacks a field',
    ],
    ['a key that is not an event field', 'entities.1.data.key_spec', ['x'], 'key_spec names x'],
    [
      'a name with a blank',
      'entities.1.data.field_spec.a b',
      { data_type: 'string', providers: [] },
      'is not a name of an event field',
    ],
    [
      'a template with logic',
      'entities.1.data.field_spec.source.providers.0.template',
      `$\{if x}a$\{end}`,
      'is more than names of fields',
    ],
    [
      'a notification that the pack lacks',
      'entities.1.data.notifications',
      [{ notification_id: { '@type': 'string', '@value': 'n' } }],
      'notification',
    ],
    ['a bad query', 'entities.1.data.config.query.@value', 'a:*b', 'begins with a wildcard'],
    [
      'a parameter that the pack lacks',
      'entities.0.data.title',
      { '@type': 'parameter', '@value': 'P' },
      'names a parameter',
    ],
    ['too much', 'entities.1.data.description.@value', 'ä'.repeat(9 << 20), 'make two of it'],
  ];
  test('finds nothing in a good pack', () =>
    expect(checkContentPack(fresh(), { minimumServerVersion: '6.0.0' })).toEqual([]));
  test.each(changes)('finds %s', (_, path, value, problem) => {
    expect(
      checkContentPack(changed(fresh(), path, value), { minimumServerVersion: '6.0.0' }).join('\n'),
    ).toContain(problem);
  });
  test.each(['5.1.0', '6', 'x', ''])('refuses version %j', (minimumServerVersion) => {
    expect(checkContentPack(fresh(), { minimumServerVersion })).toEqual([
      expect.stringContaining('minimum server version'),
    ]);
  });
});

describe('checkQuery', () => {
  test.each([
    '',
    'EventID:("1031" "1032" "1034")',
    'a:"x" AND ((NOT b:"y") OR c:"z")',
    'a:"x" AND NOT (b:"y" OR c:"z")',
    'NOT _exists_:f',
    'a:/.*[fF]oo\\/\\$bar\\$\\.(x|y)?[|)]/ OR a:/b[\\\\]/',
    'n:>=5 AND n:<\\-1 AND m:[1 TO 5}',
    'Path:C\\:\\\\Win*',
    '"a phrase with $1 ( AND * /"',
    'a:foo*bar? AND b:"*x"',
    'a:/$x/ AND b:"5$"',
    `a:(${Array.from({ length: graylogLimits.clauses }, (_, i) => `"${i}"`).join(' OR ')})`,
    `a:/${'x'.repeat(graylogLimits.regexLength)}/`,
  ])('%s', (query) => expect(checkQuery(query)).toEqual([]));

  test.each([
    ['a:"$foo$"', 'reads as a parameter'],
    ['a:/\\$foo$/', 'reads as a parameter'],
    ['a:*b', 'begins with a wildcard'],
    ['a:(x OR ?b)', 'begins with a wildcard'],
    ['*', 'begins with a wildcard'],
    ['*:* AND a:"b"', 'is not a field'],
    ['a:"b', 'quotation mark is not closed'],
    ['a:/b', 'regular expression is not closed'],
    ['a:/b\\\\/', 'regular expression is not closed'],
    ['a:/\\n/', 'is not an escape'],
    ['a:/\\\\\\d\\x41/', '\\x is not an escape'],
    ['a:/(b|)/', 'branch of a regular expression is empty'],
    ['a:/b|/', 'branch of a regular expression is empty'],
    ['a:/[b/', 'character class is not closed'],
    ['(a:"b"', 'parenthesis is not closed'],
    ['a:"b")', 'closed that was not opened'],
    ['a:"b" AND', 'ends with an operator'],
    ['a:()', 'group is empty'],
    ['a:"b" OR c:"d" AND e:"f"', 'no precedence'],
    ['a:"b" c:"d" AND e:"f"', 'no precedence'],
    ['a:"x" AND (NOT b:"y" OR c:"z")', 'NOT stands beside OR'],
    ['a:"x" and b:"y"', 'looks like an operator'],
    ['a:-1', 'unescaped sign'],
    ['-a:1', 'unescaped sign'],
    [`a:(${'"1" '.repeat(1025)})`, '1025 clauses'],
    [`(${'a:"1" OR '.repeat(700)}a:"1") AND (${'b:"1" OR '.repeat(700)}b:"1")`, '1402 clauses'],
    [`a:/${'x'.repeat(1001)}/`, '1001 characters'],
    [`a:"${'x'.repeat(31_997)}"`, '32001 characters'],
  ])('%s: %s', (query, problem) => expect(checkQuery(query).join('\n')).toContain(problem));
});

test('a dashboard shows what the pack itself raised, of which each event says so, in large packs too', () => {
  const few = [filter(['a'])];
  const many = Array.from({ length: 1501 }, (_, index) =>
    filter(['a'], { detection: { id: `id ${index}` } }),
  );
  for (const detections of [few, many]) {
    const { text, reasons } = pack(detections, { dashboard: true });
    const { entities } = JSON.parse(text) as {
      entities: { type: { name: string }; data: { field_spec?: Record<string, unknown> } }[];
    };
    const queries = [...text.matchAll(/"query_string":"((?:[^"\\]|\\.)+)"/g)].map(
      ([, query]) => query,
    );
    expect([reasons, new Set(queries)]).toEqual([
      [],
      new Set([`fields.sigma_pack:\\"${info.id}\\"`]),
    ]);
    const definitions = entities.filter(({ type }) => type.name === 'event_definition');
    expect(definitions).toHaveLength(detections.length);
    for (const { data } of definitions)
      expect(data.field_spec).toHaveProperty('sigma_pack', {
        data_type: 'string',
        providers: [{ type: 'template-v1', template: info.id, require_values: false }],
      });
  }
});

test('at ingest, rules that share a definition take no fields from the events of others', () => {
  const shared = Array.from({ length: 1501 }, () => filter(['a']));
  const { text, reasons } = pack([...shared, aggregation({})], {
    ingest: { detectionsStream: 'Hits' },
  });
  const { entities } = JSON.parse(text) as {
    entities: { type: { name: string }; data: { field_spec: Record<string, unknown> } }[];
  };
  const definitions = entities.filter(({ type }) => type.name === 'event_definition');
  expect([reasons, definitions.length]).toEqual([[], 6]);
  expect(Object.keys(definitions.at(-1)?.data.field_spec ?? {})).toContain('sigma_techniques');
});

test('a server that takes leading wildcards gets them, and no other', () => {
  const rules = [filter(['Image:*\\\\a.exe'])];
  const refused = pack(rules);
  expect(refused.reasons).toEqual([
    expect.stringContaining('a term begins with a wildcard, which Graylog refuses by default'),
  ]);
  for (const more of [{}, { customTemplates: true }, { templatesAreOurs: true }]) {
    expect(pack(rules, { leadingWildcards: true, ...more }).reasons).toEqual([]);
    expect(pack(rules, { leadingWildcards: false, ...more }).reasons).toHaveLength(1);
  }
});

test('no message says in place of Sigpack which rule of which pack raised an event', () => {
  const shown = ['sigma_level', 'sigma_pack', 'user'];
  const alert = { entities: [], threatObjects: [], shown };
  const { data } = only(
    filter(['a'], { graylog: { keyFields: ['sigma_level', 'source'] }, detection: { alert } }),
  );
  const templateOf = (field: string): unknown => data.field_spec[field]?.providers[0]?.template;
  expect([templateOf('sigma_level'), templateOf('sigma_pack'), data.key_spec]).toEqual([
    'critical',
    info.id,
    ['sigma_level', 'source'],
  ]);
});

test('a build for such a server leaves no rule out', async () => {
  const rules = join(import.meta.dirname, '..', 'rules', 'windows', 'shadow-copies-deleted.yml');
  const graylog = 'graylog: { streams: all, leadingWildcards: true, matching: exact }';
  const built = await packOf(
    [rules],
    `targets: [graylog]\npipelines: { graylog: graylog }\n${graylog}\n`,
  );
  expect(built.bag.list.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(textOf(built, 'sigpack-1.0.0-graylog.json')).toMatch(
    /"query":\{"@type":"string","@value":"[^}]*:\*/,
  );
});
