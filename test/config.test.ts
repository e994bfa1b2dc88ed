import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { defaultConfig, type PackConfig, readConfig } from '../src/pack/config/config.ts';
import { streamChoice } from '../src/pack/config/graylog-config.ts';
import { defaultBumps } from '../src/pack/config/release-config.ts';
import { configSchema } from '../src/pack/config/schema.ts';
import { checkRuleSettings } from '../src/pack/settings/patch.ts';
import { parsePattern } from '../src/sigma/value/pattern.ts';
import { createBag } from '../src/source/diagnostic.ts';
import type { JsonSchema } from '../src/source/schema/json-schema.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import { lookup, toPlain } from '../src/source/yaml/tree.ts';
import { codeIn } from './page-blocks.ts';
import { update } from './update.ts';

const docs = (name: string) => new URL(`../docs/${name}`, import.meta.url);
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(configSchema);

function read(text: string) {
  const bag = createBag();
  const file = { path: 'sigpack.yml', text };
  const config = readConfig(file, bag);
  const diagnostics = bag.list.map(({ code, message, hint, span }) => ({
    code,
    message,
    hint,
    at: text.slice(span.start, span.end),
  }));
  return { config, diagnostics };
}

function configured(text: string): PackConfig {
  const { config, diagnostics } = read(text);
  expect(diagnostics).toEqual([]);
  if (!config) throw new Error('no configuration');
  return config;
}

const sample = `
id: acme_detections
title: Acme detections
version: 2.10.3
description: |
  Two
  lines
author: Acme
vendor: Acme Ltd
url: https://detections.example.org/a?b=c
license: MIT
revision: 7
rules: [rules, more/one.yml]
filters: [filters]
select:
  levels: [high, critical]
  minimumLevel: medium
  statuses: [stable, test]
  tags: ['attack.*']
  excludeTags: [detection.threat-hunting]
  logsources: [{ product: windows }, { category: webserver }]
  ids: [53AB539C-30ed-4458-bc7b-4536f54b6f4d]
  excludeIds: [x]
targets: [graylog]
placeholders: { dcs: [dc01, 'dc*', 7] }
pipelines: { splunk: [a, b.yml], graylog: c }
templates: my-templates
ruleUrl: 'https://example.org/{path}'
severities: { SIG032: error, SIG016: off, SIG031: error }
failOn: warning
lint: { preset: sigmahq, exclude: { 53AB539C-30ed: [LNT023, number_as_string], other: cartag } }
enable: { statuses: [stable], levels: [critical], tags: [attack.t1059*] }
overBudget: warn
unmatchable: disable
defaults:
  owner: soc
  interval: 1h
  suppress: { fields: [host], period: 1d }
  splunk: { savedsearch: { action.email: true, dispatch.ttl: 2p, alert.expires: 24 } }
levels:
  low: { enabled: false }
logsources:
  - match: { product: windows, service: sysmon }
    settings: { delay: 90, cron: '*/10 * * * 1-5' }
splunk:
  enterpriseSecurity: true
  index: [windows, linux, windows]
  indexes: [{ match: { product: windows }, definition: index=win sourcetype=XmlWinEventLog }]
  searchesPerMinute: 20
  grouping: log-source
  grouped: { rules: 50 }
  cloudSafe: false
  correlation: stats
namePrefix: 'Sigma - '
graylog:
  matching: exact
  titlePrefix: '[{LEVEL}] '
  priority: { low: 2, critical: 4 }
  notification: { type: email, minimumLevel: high, recipients: [soc@example.org] }
  dashboard: false
  minimumServerVersion: 6.3.7
  streams: [Windows]
  streamParameter: STREAM
  leadingWildcards: true
  textFields: [message]
  mode: search
  detectionsStream: Hits
  keywordFields: [message]
  ipFields: [src_ip]
  definitionsPerMinute: 30
elasticsearch:
  matching: case-insensitive
  index: winlogbeat-*,logs-*
  timestampField: event.created
  interval: 10m
  throttle: 0
  schedule: { cron: 0 0/5 * * * ?, timezone: UTC }
  actions:
    mail: { email: { to: [soc@example.org], subject: '{{ctx.metadata.title}}' }, throttle_period: 1h }
grep: { lines: plain }
pluginSettings: { sqlite: { table: events } }
release: { bump: { query: patch }, output: out, changelog: docs/CHANGES.md }
installs:
  disk: { kind: splunk-disk, home: /opt/splunk, place: shcluster, onDrift: overwrite }
  soc:
    kind: graylog
    url: https://graylog.example.org/api
    user: sigpack
    secretEnv: GRAYLOG_PASSWORD
    secretFile: secret
    caFile: ca.pem
    timeout: 10
    retries: 2
    concurrency: 8
    parameters: { STREAM: Windows }
`;

/**
 * A line for each key of the configuration and each definition: the file is in the package, where
 * blanks would be a third of it.
 */
function schemaText(): string {
  const { properties, $defs, ...rest } = configSchema;
  const lines = (entries: object): string =>
    Object.entries(entries)
      .map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`)
      .join(',\n');
  return `{\n${lines(rest)},\n"properties": {\n${lines(properties ?? {})}\n},\n"$defs": {\n${lines($defs ?? {})}\n}\n}\n`;
}

test('docs/sigpack.schema.json is the schema', () => {
  if (update) writeFileSync(docs('sigpack.schema.json'), schemaText());
  expect(
    JSON.parse(JSON.stringify(configSchema)),
    'UPDATE=1 npx vitest run test/config.test.ts writes it',
  ).toEqual(JSON.parse(readFileSync(docs('sigpack.schema.json'), 'utf8')));
});

test('every key of the sample is read', () => {
  const config = configured(sample);
  expect(config).toEqual({
    info: {
      id: 'acme_detections',
      title: 'Acme detections',
      version: '2.10.3',
      description: 'Two\nlines\n',
      author: 'Acme',
      vendor: 'Acme Ltd',
      url: 'https://detections.example.org/a?b=c',
      license: 'MIT',
      revision: 7,
    },
    rules: ['rules', 'more/one.yml'],
    filters: ['filters'],
    select: {
      levels: ['high', 'critical'],
      minimumLevel: 'medium',
      statuses: ['stable', 'test'],
      tags: ['attack.*'],
      excludeTags: ['detection.threat-hunting'],
      logsources: [{ product: 'windows' }, { category: 'webserver' }],
      ids: new Set(['53ab539c-30ed-4458-bc7b-4536f54b6f4d']),
      excludeIds: new Set(['x']),
    },
    targets: ['graylog'],
    pipelines: new Map([
      ['splunk', ['a', 'b.yml']],
      ['graylog', ['c']],
    ]),
    placeholders: new Map([['dcs', ['dc01', 'dc*', '7'].map(parsePattern)]]),
    templates: 'my-templates',
    ruleUrl: 'https://example.org/{path}',
    severities: new Map([
      ['SIG032', 'error'],
      ['SIG016', 'off'],
      ['SIG031', 'error'],
    ]),
    failOn: 'warning',
    lint: {
      preset: 'sigmahq',
      exclude: new Map([
        ['53ab539c-30ed', new Set(['LNT023', 'LNT024'])],
        ['other', new Set(['LNT011'])],
      ]),
    },
    enable: { statuses: ['stable'], levels: ['critical'], tags: ['attack.t1059*'] },
    overBudget: 'warn',
    unmatchable: 'disable',
    defaults: {
      owner: 'soc',
      interval: 3600,
      suppress: { fields: ['host'], period: 86_400 },
      splunk: { savedsearch: { 'action.email': '1', 'dispatch.ttl': '2p', 'alert.expires': '24' } },
    },
    levels: new Map([['low', { enabled: false }]]),
    logsources: [
      {
        match: { product: 'windows', service: 'sysmon' },
        settings: { delay: 90, cron: '*/10 * * * 1-5' },
      },
    ],
    splunk: {
      enterpriseSecurity: true,
      index: ['windows', 'linux'],
      indexes: [
        { match: { product: 'windows' }, definition: 'index=win sourcetype=XmlWinEventLog' },
      ],
      searchesPerMinute: 20,
      grouping: 'log-source',
      grouped: { bytes: 64_000, rules: 50 },
      cloudSafe: false,
      correlation: 'stats',
    },
    graylog: {
      allStreams: false,
      matching: 'exact',
      minimumServerVersion: '6.3.7',
      streams: ['Windows'],
      streamParameter: 'STREAM',
      leadingWildcards: true,
      textFields: ['message'],
      mode: 'search',
      detectionsStream: 'Hits',
      keywordFields: ['message'],
      ipFields: ['src_ip'],
      definitionsPerMinute: 30,
      titlePrefix: '[{LEVEL}] ',
      priority: { low: 2, critical: 4 },
      notification: { type: 'email', minimumLevel: 'high', recipients: ['soc@example.org'] },
      dashboard: false,
    },
    namePrefix: 'Sigma - ',
    elasticsearch: {
      matching: 'case-insensitive',
      index: 'winlogbeat-*,logs-*',
      timestampField: 'event.created',
      interval: 600,
      throttle: 0,
      schedule: { cron: '0 0/5 * * * ?', timezone: 'UTC' },
      actions: {
        mail: {
          email: { to: ['soc@example.org'], subject: '{{ctx.metadata.title}}' },
          throttle_period: '1h',
        },
      },
    },
    grep: { lines: 'plain' },
    pluginSettings: { sqlite: { table: 'events' } },
    release: {
      bump: { ...defaultBumps, query: 'patch' },
      output: 'out',
      changelog: 'docs/CHANGES.md',
    },
    installs: new Map([
      [
        'disk',
        { kind: 'splunk-disk', home: '/opt/splunk', place: 'shcluster', onDrift: 'overwrite' },
      ],
      [
        'soc',
        {
          kind: 'graylog',
          url: 'https://graylog.example.org/api',
          user: 'sigpack',
          secretEnv: 'GRAYLOG_PASSWORD',
          secretFile: 'secret',
          caFile: 'ca.pem',
          timeout: 10,
          retries: 2,
          concurrency: 8,
          parameters: { STREAM: 'Windows' },
        },
      ],
    ]),
  });
});

test('an empty file is the configuration of a run without one', () => {
  expect(configured('# nothing\n')).toEqual(defaultConfig());
  expect(defaultConfig().info).toMatchObject({
    id: 'sigpack',
    title: 'Sigpack detections',
    version: '1.0.0',
    revision: 1,
  });
  expect(defaultConfig({ rules: ['a.yml'] })).toMatchObject({
    rules: ['a.yml'],
    filters: [],
    targets: ['splunk', 'graylog'],
    failOn: 'error',
  });
  expect(configured('author: Acme').info.vendor).toBe('Acme');
});

/**
 * Text, message, hint (part of it) and the marked text. Those with `also` are refused by the JSON
 * Schema as well.
 */
const refused = [
  ['version: 1.0', '`version` must be a string, not `1.0`', 'such as 1.0.0', '1.0', true],
  ['version: 1.2', '`version` must be a string, not `1.2`', 'such as 1.0.0', '1.2', true],
  ["version: '1.2'", '`version` has not the right form', 'such as 1.0.0', "'1.2'", true],
  [
    'graylog: { minimumServerVersion: 6.1 }',
    '`graylog.minimumServerVersion` must be a string, not `6.1`',
    "Quote the value: '6.1'",
    '6.1',
    true,
  ],
  ['id: 9lives', '`id` has not the right form', 'A letter, then', '9lives', true],
  ['titel: Acme detections', 'the file has no key `titel`', 'Did you mean `title`?', 'titel', true],
  ['title: Acme', '`title` must have at least 5 characters', '5 to 80', 'Acme', true],
  ['rules: rules', '`rules` must be a list, not a string', 'Folders, files', 'rules', true],
  ['rules: []', '`rules` must have at least 1 entry', '', '[', true],
  ['rules: [a, {b: c}]', '`rules[1]` must be a string, not a map', '', '{b: c', true],
  [
    'targets: [splunk, greylog]',
    '`targets[1]` must be one of splunk, graylog, not `greylog`',
    'Did you mean `graylog`?',
    'greylog',
    true,
  ],
  [
    'splunk: { cloudSave: true }',
    '`splunk` has no key `cloudSave`',
    'Did you mean `cloudSafe`?',
    'cloudSave',
    true,
  ],
  [
    'splunk: { indexes: [{ match: {} }] }',
    '`splunk.indexes[0]` lacks the key `definition`',
    'search terms',
    '',
    true,
  ],
  [
    'splunk:\n  indexes:\n    - match: {}\n      definition: "a\\nb"',
    '`splunk.indexes[0].definition` has not the right form',
    'one line',
    '"a\\nb"',
    true,
  ],
  [
    'severities: { SIG031: warning }',
    '`severities.SIG031` must be error, not `warning`',
    'Stays an error',
    'warning',
    true,
  ],
  [
    'severities: { NONESUCH: off }',
    '`severities` has no key `NONESUCH`',
    'Known: SIG001',
    'NONESUCH',
    true,
  ],
  [
    'lint: { preset: sigma }',
    '`lint.preset` must be one of none, default, pysigma, sigmahq, not `sigma`',
    'Did you mean `sigmahq`?',
    'sigma',
    true,
  ],
  [
    'lint: { exclude: { a: [LNT999] } }',
    '`LNT999` is neither a code of a diagnostic nor a validator of pySigma',
    'Did you mean',
    'LNT999',
    false,
  ],
  [
    'lint: { exclude: { a: escaped_wildcards } }',
    '`escaped_wildcards` is neither a code of a diagnostic nor a validator of pySigma',
    'Did you mean `escaped_wildcard`?',
    'escaped_wildcards',
    false,
  ],
  [
    'lint: { exclude: { a: everything } }',
    '`everything` is neither a code of a diagnostic nor a validator of pySigma',
    'docs/lint.md',
    'everything',
    false,
  ],
  [
    'lint: { exclude: { a: dangling_condition } }',
    "`dangling_condition` can't be excluded: the rule is missing from the packs because of it",
    'Remove it',
    'dangling_condition',
    false,
  ],
  ['levels: { hihg: {} }', '`levels` has no key `hihg`', 'Did you mean `high`?', 'hihg', true],
  [
    'defaults: { entities: [Computer] }',
    '`defaults.entities[0]` must be a map, not a string',
    '`{ field: Computer, type: system }`',
    'Computer',
    true,
  ],
  [
    'defaults: { threatObjects: [Image] }',
    '`defaults.threatObjects[0]` must be a map, not a string',
    '`{ field: Image, type: process }`',
    'Image',
    true,
  ],
  ['defaults:', '`defaults` is empty, it must be a map', 'remove the key', 'defaults', true],
  [
    'defaults: { interval: soon }',
    '`defaults.interval` has not the right form',
    '60s to 1d',
    'soon',
    true,
  ],
  [
    'defaults: { interval: [1] }',
    '`defaults.interval` must be a whole number or a string, not a list',
    '60s to 1d',
    '[1',
    true,
  ],
  [
    'defaults: { interval: 1.5 }',
    '`defaults.interval` must be a whole number or a string, not `1.5`',
    '60s to 1d',
    '1.5',
    true,
  ],
  ['defaults: { interval: -5 }', '`defaults.interval` must be at least 0, not -5', '', '-5', true],
  ['defaults: { threshold: 0 }', '`defaults.threshold` must be at least 1, not 0', '', '0', true],
  [
    'defaults: { suppress: { period: 30x } }',
    '`defaults.suppress.period` has not the right form',
    '',
    '30x',
    true,
  ],
  [
    'defaults: { cron: hourly }',
    '`defaults.cron` has not the right form',
    'five fields',
    'hourly',
    true,
  ],
  [
    'url: "javascript:alert(1)"',
    '`url` has not the right form',
    'http',
    '"javascript:alert(1)"',
    true,
  ],
  [
    'graylog: { minimumServerVersion: 5.1.0 }',
    '`graylog.minimumServerVersion` has not the right form',
    '5.2.0',
    '5.1.0',
    true,
  ],
  [
    'elasticsearch: { matching: exact }',
    '`elasticsearch.matching` must be one of native, case-insensitive, not `exact`',
    '',
    'exact',
    true,
  ],
  [
    'elasticsearch: { index: "a b" }',
    '`elasticsearch.index` has not the right form',
    'Index pattern',
    '"a b"',
    true,
  ],
  [
    'elasticsearch: { thottle: 1h }',
    '`elasticsearch` has no key `thottle`',
    'Did you mean `throttle`?',
    'thottle',
    true,
  ],
  [
    'elasticsearch: { interval: soon }',
    '`elasticsearch.interval` has not the right form',
    'Time between runs',
    'soon',
    true,
  ],
  [
    'elasticsearch: { actions: [log] }',
    '`elasticsearch.actions` must be a map, not a list',
    'by their ids',
    '[log',
    true,
  ],
  [
    'elasticsearch: { actions: { log: text } }',
    '`elasticsearch.actions.log` must be a map, not a string',
    'An action',
    'text',
    true,
  ],
  [
    'elasticsearch: { actions: { a b: {} } }',
    'key `a b` has not the right form',
    'without blanks',
    'a b',
    true,
  ],
  [
    'elasticsearch: { schedule: { often: 1 } }',
    '`elasticsearch.schedule` has no key `often`',
    'Known: cron',
    'often',
    true,
  ],
  ['grep: { lines: xml }', '`grep.lines` must be one of json, plain, not `xml`', '', 'xml', true],
  ['elasticsearch: { interval: 5s }', '`interval` must be from 60s to 1d', '', '5s', false],
  ['elasticsearch: { throttle: 366d }', '`throttle` must be from 0 to 365d', '', '366d', false],
  [
    'elasticsearch: { schedule: { timezone: UTC } }',
    '`elasticsearch.schedule` must have one kind of schedule, not 0',
    '',
    '{ timezone: UTC',
    false,
  ],
  ['defaults: { interval: 5s }', '`interval` must be from 60s to 1d', '', '5s', false],
  [
    'defaults: { interval: 15 }',
    '`interval` must be from 60s to 1d',
    'A number alone is seconds: write 15m for minutes.',
    '15',
    false,
  ],
  ['levels: { high: { interval: 2d } }', '`interval` must be from 60s to 1d', '', '2d', false],
  [
    "defaults: { splunk: { savedsearch: { cron_schedule: '* * * * *' } } }",
    '`cron_schedule` runs 60 times an hour; 12 are allowed',
    '',
    "'* * * * *'",
    false,
  ],
  [
    "levels: { high: { splunk: { savedsearch: { cron_schedule: '7 3 31 2 *' } } } }",
    '`cron_schedule` never runs: 7 3 31 2 *',
    '',
    "'7 3 31 2 *'",
    false,
  ],
  ["defaults: { cron: '0 0 31 2 *' }", '`cron` never runs: 0 0 31 2 *', '', "'0 0 31 2 *'", false],
  [
    "logsources: [{ match: {}, settings: { splunk: { savedsearch: { description: 'a\\' } } } }]",
    '`description` ends in a backslash, which would join the next line to it',
    '',
    "'a\\'",
    false,
  ],
  [
    'defaults: { splunk: { savedsearch: { action.email.subject: "a\u2028b" } } }',
    '`action.email.subject` holds a line break or a control character',
    '',
    '"a\u2028b"',
    false,
  ],
  [
    "splunk: { indexes: [{ match: {}, definition: 'index=a\\' }] }",
    '`definition` ends in a backslash, which would join the next line to it',
    '',
    "'index=a\\'",
    false,
  ],
  [
    "logsources: [{ match: {}, settings: { cron: '61 * * * *' } }]",
    '`cron` minute "61" is not made of 0 to 59, ranges, lists and steps',
    '',
    "'61 * * * *'",
    false,
  ],
  ...['Default Stream', 'all messages', 'All events', 'All system events'].map(
    (title) =>
      [
        `graylog: { mode: ingest, detectionsStream: ${title} }`,
        'the stream of the detections is one that Graylog itself brings',
        'a title of its own',
        title,
        false,
      ] as const,
  ),
  ...[
    ['graylog: { mode: ingest, streams: [A, "All events"] }', '"All events"'],
    [
      'graylog: { mode: ingest }\ndefaults: { graylog: { streams: [all system events] } }',
      'all system events',
    ],
    [
      'graylog: { mode: ingest, streamParameter: P }\ninstalls: { a: { kind: graylog, url: "https://g/api", parameters: { P: All events } } }',
      'All events',
    ],
  ].map(
    ([text = '', at = '']) =>
      [
        text,
        'the stream is one of the events that Graylog itself raises, alerts among them',
        'Leave it out',
        at,
        false,
      ] as const,
  ),
  ...(
    [
      ['graylog: { mode: ingest, streams: [A, B], detectionsStream: "B" }', 'of its own', '"B"'],
      ['graylog: { mode: ingest, streams: ["Sigma detections (sigpack)"] }', 'Leave it out'],
      [
        'graylog: { mode: ingest }\ndefaults: { graylog: { streams: ["Sigma detections (sigpack)"] } }',
        'Leave it out',
      ],
      [
        'graylog: { mode: ingest, streamParameter: P }\ninstalls: { a: { kind: graylog, url: "https://g/api", parameters: { P: "Sigma detections (sigpack)" } } }',
        'Leave it out',
      ],
    ] as const
  ).map(
    ([text, hint, at = '"Sigma detections (sigpack)"']) =>
      [
        text,
        'the stream of the detections is one of those whose messages are tested',
        hint,
        at,
        false,
      ] as const,
  ),
] as const;

test.each(refused)('%s', (text, message, hint, at, bySchema) => {
  const { config, diagnostics } = read(text);
  expect(config).toBeUndefined();
  expect(diagnostics).toEqual([
    { code: 'PCK001', message, hint: expect.stringContaining(hint), at },
  ]);
  const [node] = parseYaml({ path: 'sigpack.yml', text }).documents;
  expect(validate(JSON.parse(JSON.stringify(node ? toPlain(node) : {})))).toBe(!bySchema);
});

test('the JSON Schema accepts the sample as well', () => {
  const [node] = parseYaml({ path: 'sigpack.yml', text: sample }).documents;
  validate(node ? JSON.parse(JSON.stringify(toPlain(node))) : undefined);
  expect(validate.errors).toBeNull();
});

test('all that is wrong is said at once', () => {
  expect(read('titel: x\nrules: 1\nsplunk: []').diagnostics.map((one) => one.message)).toHaveLength(
    3,
  );
});

test('two documents and broken YAML are refused', () => {
  expect(read('id: ab\n---\nid: cd').diagnostics[0]?.message).toContain('more than one');
  expect(read('id: [').diagnostics[0]?.code).toBe('SIG002');
});

test('a configuration is a map', () => {
  expect(read('- a').diagnostics).toMatchObject([
    { code: 'PCK001', message: 'the file must be a map, not a list' },
  ]);
});

test.each([
  ['{}', { kind: 'all' }],
  ['{ streams: [A, B] }', { kind: 'titles', titles: ['A', 'B'] }],
  ['{ streams: [A], streamParameter: P }', { kind: 'parameter', name: 'P', defaultTitle: 'A' }],
  ['{ streamParameter: P }', { kind: 'parameter', name: 'P', defaultTitle: 'Default Stream' }],
])('graylog: %s', (graylog, choice) =>
  expect(streamChoice(configured(`graylog: ${graylog}`).graylog)).toEqual(choice),
);

test.each([
  ["splunk: { namePrefix: 'Sigma - ' }", '`splunk` has no key `namePrefix`'],
  [
    "graylog: { titlePrefix: '[{severity}] ' }",
    '`titlePrefix` has {severity}, which stands for nothing',
  ],
  ['graylog: { priority: { critical: 4 } }', 'priority 4 is unknown to Graylog before 6.2'],
  [
    'graylog: { notification: { type: teams } }',
    'Graylog before 6.1 may break the message to Teams by a quotation mark in an event',
  ],
  ['graylog: { notification: { type: email } }', 'the notification has no recipients'],
  [
    'graylog: { notification: { type: teams, recipients: [a@b.c] }, minimumServerVersion: 6.1.0 }',
    '`graylog.notification` has no key `recipients`',
  ],
  [
    'graylog: { notification: { type: http, users: [a] } }',
    '`graylog.notification` has no key `users`',
  ],
  [
    'graylog: { notification: { type: mail } }',
    '`graylog.notification.type` must be one of email, http, slack, teams, not `mail`',
  ],
  ['graylog: { notification: http }', '`graylog.notification` must be a map, not a string'],
  ['graylog: { streams: Windows events }', '`graylog.streams` must be all or a list, not a string'],
  ['graylog: { streams: 7 }', '`graylog.streams` must be all or a list, not `7`'],
  [
    'graylog: { streams: [A, B], streamParameter: P }',
    '`streams` has 2 titles, and `streamParameter` asks for the one stream that is searched',
  ],
  [
    'graylog: { streams: all, streamParameter: P }',
    '`streams: all` and `streamParameter` say different things',
  ],
  [
    'graylog: { streamParameter: NOTIFICATION_URL, notification: { type: http } }',
    '`streamParameter` has the name of a parameter of the notification',
  ],
])('%s is refused', (text, message) =>
  expect(read(text).diagnostics.map((one) => one.message)).toEqual([message]),
);

test.each([
  'graylog: { priority: { critical: 4 }, minimumServerVersion: 6.2.0 }',
  'graylog: { notification: { type: teams }, minimumServerVersion: 6.1.0 }',
])('%s is taken', (text) => expect(read(text).diagnostics).toEqual([]));

test.each([
  ["'6.1'", '6.1.0'],
  ["'6.10'", '6.10.0'],
  ['6.1.3', '6.1.3'],
])('minimumServerVersion: %s', (written, version) => {
  expect(
    configured(`graylog: { minimumServerVersion: ${written} }`).graylog.minimumServerVersion,
  ).toBe(version);
});

test('docs/configuration.md names every key', () => {
  const text = readFileSync(docs('configuration.md'), 'utf8');
  const keys = (schema: JsonSchema | undefined): string[] => Object.keys(schema?.properties ?? {});
  const { select, enable, splunk, graylog, elasticsearch, grep, installs } =
    configSchema.properties ?? {};
  const settings = configSchema.$defs?.settings;
  const places = ({ additionalProperties: place }: JsonSchema = {}): readonly JsonSchema[] =>
    typeof place === 'object' ? (place.oneOf ?? []) : [];
  const all = [
    configSchema,
    select,
    enable,
    splunk,
    graylog,
    elasticsearch,
    grep,
    settings,
    settings?.properties?.splunk,
    settings?.properties?.graylog,
    ...places(installs),
  ].flatMap(keys);
  expect(all.length).toBeGreaterThan(60);
  expect(all.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});

test('the examples in docs/configuration.md are accepted', () => {
  const examples = codeIn(readFileSync(docs('configuration.md'), 'utf8'), 'yaml');
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) {
    if (!example.includes('detection:')) configured(example);
    else {
      const settings = lookup(
        parseYaml({ path: 'rule.yml', text: example }).documents[0],
        'sigpack',
      );
      if (settings?.kind !== 'mapping') throw new Error('the example has no settings');
      expect(
        checkRuleSettings({ file: { path: 'rule.yml', text: example }, settings }, createBag()),
      ).toBe(true);
    }
  }
});
