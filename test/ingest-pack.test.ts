import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadOf } from '../src/artifact/schedule-budget.ts';
import { checkContentPack } from '../src/pack/graylog/content-pack-check.ts';
import { artifactSnapshot } from '../src/release/artifact-snapshot.ts';
import { diffOf } from '../src/release/diff/diff.ts';
import { isRecord } from '../src/source/record.ts';
import { interpreterOf } from './judges/pipeline-rules/interpreter.ts';
import { gelfMessage, type Message } from './judges/pipeline-rules/message.ts';
import { type BuiltPack, packOf, textOf } from './pack-of.ts';
import { type Files, writeFiles } from './project-folder.ts';
import { valueIfOk } from './result.ts';
import { update } from './update.ts';

const folder = join(import.meta.dirname, 'packs', 'ingest');
const configText = readFileSync(join(folder, 'sigpack.yml'), 'utf8');
const ids = (last: number): string => `0b2a9f36-5d0c-4f0e-8f0b-1d7d1c6c5a0${last}`;
const hitsTitle = 'Sigma detections (acme)';

interface Entity {
  readonly type: { readonly name: string };
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const build = (more = ''): Promise<BuiltPack> =>
  packOf([join(folder, 'rules')], `${configText}${more}`);
const packText = (built: BuiltPack): string => textOf(built, 'acme-1.2.0-graylog.json');
const entitiesOf = (built: BuiltPack, type: string): readonly Entity[] =>
  (JSON.parse(packText(built)) as { entities: Entity[] }).entities.filter(
    (entity) => entity.type.name === type,
  );
const plain = (value: unknown): unknown => (isRecord(value) ? value['@value'] : undefined);
interface Searched {
  readonly queries: readonly { readonly search_types: readonly Record<string, unknown>[] }[];
}

/** The template of an event's link, and whether alerts are grouped by it. */
function linkOf({ data: { field_spec: fields, config } }: Entity): readonly unknown[] {
  const spec = isRecord(fields) && isRecord(fields.sigma_link) ? fields.sigma_link : {};
  const [provider] = Array.isArray(spec.providers) ? (spec.providers as unknown[]) : [];
  return [
    isRecord(provider) ? provider.template : undefined,
    isRecord(config) && (config.group_by as string[]).includes('sigma_link'),
  ];
}
const messages = ({ bag }: BuiltPack): readonly string[] =>
  bag.list.map(({ code, message }) => `${code} ${message}`);

const built = await build();

/** What is made of the rules, but for the texts of the plan. */
function withoutPipelines(pack: BuiltPack): string {
  const whole = JSON.parse(packText(pack)) as { readonly entities: readonly Entity[] };
  const entities = whole.entities.filter(({ type }) => !type.name.startsWith('pipeline'));
  return `${JSON.stringify({ ...whole, entities }, null, 1)}\n`;
}

const sourcesOf = (pack: BuiltPack): string =>
  ['pipeline', 'pipeline_rule']
    .flatMap((type) => entitiesOf(pack, type))
    .map(({ data }) => `# ${plain(data.description)}\n${plain(data.source)}`)
    .join('\n');

describe('the content pack for ingest', () => {
  test.each([
    ['content-pack.json', withoutPipelines],
    ['pipelines.txt', sourcesOf],
  ])('is what test/packs/ingest/%s holds; UPDATE=1 writes it anew', (name, partOf) => {
    const path = join(folder, name);
    if (update) writeFileSync(path, partOf(built));
    expect(partOf(built)).toBe(readFileSync(path, 'utf8'));
  });

  test('has one event definition for a level, and for what differs from it', () => {
    const found = entitiesOf(built, 'event_definition').map(({ data }) => {
      const config = isRecord(data.config) ? data.config : {};
      return [plain(data.title), plain(config.query), config.group_by, config.execute_every_ms];
    });
    const usual = [
      'sigma_rule',
      'sigma_title',
      'sigma_entity',
      'sigma_techniques',
      'sigma_tactics',
    ];
    const level = (name: string, others: string): unknown[] => [
      `[${name.toUpperCase()}] Acme detections: ${name}`,
      `sigma_alert:"true" AND sigma_level:"${name}" AND NOT sigma_group:(${others})`,
      usual,
      900_000,
    ];
    const apart = 'every 1h, silent for 4h, by Computer, CommandLine';
    expect(found).toEqual([
      level('informational', '"own definition"'),
      level('low', '"own definition"'),
      level('medium', '"own definition"'),
      level('high', `"own definition" OR "${apart}"`),
      [
        `[HIGH] Acme detections: high (${apart})`,
        `sigma_alert:"true" AND sigma_level:"high" AND sigma_group:"${apart}"`,
        [
          'sigma_rule',
          'sigma_title',
          'Computer',
          'CommandLine',
          'sigma_techniques',
          'sigma_tactics',
        ],
        3_600_000,
      ],
      level('critical', '"own definition"'),
      [
        '[MEDIUM] Password Spray',
        `sigma_rule:"${ids(6)}" AND _exists_:IpAddress`,
        ['IpAddress'],
        300_000,
      ],
      [
        '[HIGH] Log Cleared after Logon',
        expect.stringMatching(
          /^sigma_rule:\("[-0-9a-f]{36}" "[-0-9a-f]{36}"\) AND _exists_:Computer$/,
        ),
        ['Computer'],
        300_000,
      ],
      ['[LOW] Many Account Queries', `sigma_rule:"${ids(4)}" AND sigma_alert:"true"`, [], 900_000],
    ]);
  });

  test('searches only the stream of hits, and tests the messages of the others', () => {
    const [stream] = entitiesOf(built, 'stream');
    const titles = entitiesOf(built, 'stream_title');
    expect(plain(stream?.data.title)).toBe(hitsTitle);
    expect(titles.map(({ data }) => plain(data.title))).toEqual(['Windows', 'Linux', 'All events']);
    const tested = titles.slice(0, 2).map(({ id }) => id);
    for (const { data } of entitiesOf(built, 'event_definition'))
      expect(isRecord(data.config) && data.config.streams).toEqual([stream?.id]);
    for (const { data } of entitiesOf(built, 'pipeline'))
      expect((data.connected_streams as unknown[]).map(plain)).toEqual(tested);
  });

  test('shows the hits of the pack, and the alerts that its definitions raise of them', () => {
    const [hits] = entitiesOf(built, 'stream');
    const events = entitiesOf(built, 'stream_title').find(
      ({ data }) => plain(data.title) === 'All events',
    );
    const [dashboard] = entitiesOf(built, 'dashboard');
    const search = dashboard?.data.search as Searched | undefined;
    const searches = search?.queries
      .flatMap((one) => one.search_types)
      .map(({ id, streams, query }) => [id, streams, isRecord(query) && query.query_string]);
    const shown = [[hits?.id], 'sigma_alert:"true"'];
    expect(searches).toEqual([
      ...['count', 'levels', 'rules', 'entities', 'tactics', 'techniques', 'newest'].map((name) => [
        `${name}-search`,
        ...shown,
      ]),
      ['alerts-search', [events?.id], 'fields.sigma_pack:"acme"'],
    ]);
  });

  test('notifies from the level on that the settings name, by the title of the rule', () => {
    const notified = entitiesOf(built, 'event_definition').filter(
      ({ data }) => Array.isArray(data.notifications) && data.notifications.length > 0,
    );
    expect(notified).toHaveLength(6);
    const [mail] = entitiesOf(built, 'notification');
    expect(JSON.stringify(mail?.data)).toContain(
      `[\${event.fields.sigma_level}] \${event.fields.sigma_rule}`,
    );
  });

  test('links the file of the rule where the settings say how', async () => {
    const slack = configText.replace(/notification: .*/, 'notification: { type: slack }');
    const rules = [join(folder, 'rules')];
    const more = await packOf(rules, `${slack}ruleUrl: "https://git.example.org/{path}"\n`);
    const [, hit] = processed({ Image: 'C:\\x\\mimikatz.exe' }, more);
    expect(hit?.field('sigma_link')).toBe(
      'https://git.example.org/test/packs/ingest/rules/windows.yml',
    );
    expect(JSON.stringify(entitiesOf(more, 'notification'))).toContain(
      `<\${event.fields.sigma_link}|The rule>`,
    );
    const address = 'https://git.example.org/test/packs/ingest/rules/';
    const shared = `\${source.sigma_link}`;
    expect(entitiesOf(more, 'event_definition').map(linkOf)).toEqual([
      ...Array(6).fill([shared, true]),
      ...['logons.yml', 'logons.yml', 'windows.yml'].map((name) => [address + name, false]),
    ]);
    expect(packText(built)).not.toContain('sigma_link');
  });

  test('reports what the rules of shared definitions can have no longer', async () => {
    const more = await build('defaults: { remediation: Call Bob }\n');
    expect(messages(more).filter((text) => text.startsWith('TGT007'))).toEqual([
      'TGT007 graylog: with `mode: ingest`, alerts do not show `remediation`: rules share event ' +
        'definitions, in 5 rules (the first is here)',
    ]);
    expect(messages(built).filter((text) => text.startsWith('TGT007'))).toEqual([]);
  });

  test('takes the terms of the pack for those of a level that is of two minds', async () => {
    const more = await build('defaults: { interval: 60s }\n');
    const titles = entitiesOf(more, 'event_definition').map(({ data }) => plain(data.title));
    expect(titles).toContain(
      '[HIGH] Acme detections: high (every 1h, silent for 4h, by Computer, CommandLine)',
    );
  });

  test('counts each run of a shared definition once', () => {
    expect(built.pack.leftOff.graylog).toEqual([]);
    expect(built.pack.graylog).toHaveLength(8);
    expect(loadOf(built.pack, 'graylog').mean).toBe(0.8);
  });
});

/** What is built of the text of a rule file. */
async function packOfFiles(files: Files, config = configText): Promise<BuiltPack> {
  const own = mkdtempSync(join(tmpdir(), 'sigpack-ingest-'));
  try {
    writeFiles(own, files);
    return await packOf([own], config);
  } finally {
    rmSync(own, { recursive: true });
  }
}

const packOfText = (rules: string, config?: string): Promise<BuiltPack> =>
  packOfFiles({ 'rules.yml': rules }, config);

test('a rule that names the stream of the detections is refused', async () => {
  const named = await packOfText(`title: Circle
logsource: { product: windows }
detection: { selection: { EventID: 1 }, condition: selection }
sigpack: { graylog: { streams: [${hitsTitle}] } }
`);
  expect(messages(named)).toContainEqual(
    expect.stringContaining('name the stream of the detections, whose hits would be tested again'),
  );
  expect(named.pack.graylog).toEqual([]);
});

test.each(['search', 'ingest'])('a value that Graylog trims is named once: %s', async (mode) => {
  const rules = `title: Ends in a Blank
name: blank
logsource: { product: windows }
detection: { selection: { CommandLine|endswith: ' -e ' }, condition: selection }
---
title: Many Blanks
correlation: { type: event_count, rules: [blank], group-by: [Computer], timespan: 5m, condition: { gte: 3 }, generate: true }
`;
  const packed = await packOfText(rules, configText.replace('mode: ingest', `mode: ${mode}`));
  expect(messages(packed).filter((text) => text.startsWith('TGT011'))).toEqual([
    'TGT011 graylog: no message has `* -e ` in `CommandLine`: Graylog removes blanks at the ends of values',
  ]);
  expect(packed.pack.graylog).toHaveLength(2);
});

describe('a field that hits do not carry', () => {
  const grouped = (field: string): string => `title: Failed
name: failed
logsource: { product: windows, service: security }
detection: { selection: { EventID: 4625 }, condition: selection }
---
title: Many Failed
id: ${ids(1)}
status: stable
level: high
correlation:
  type: event_count
  rules: [failed]
  group-by: [${field}]
  timespan: 5m
  condition: { gte: 10 }
`;
  const keyed = (settings: string): string => `title: Odd Key
id: ${ids(1)}
status: stable
level: high
logsource: { product: windows, service: security }
detection: { selection: { EventID: 4625 }, condition: selection }
sigpack: { ${settings} }
`;

  test.each([
    [
      'in the group of a correlation',
      grouped('_session'),
      'hits do not carry the field `_session`',
    ],
    ['in a group, of its own', grouped('message'), 'hits do not carry the field `message`'],
    ['as a key', keyed('graylog: { keyFields: [message] }'), 'not carry the field `message`'],
    ['as a key of silence', keyed('suppress: { fields: [_session], period: 1h }'), '`_session`'],
  ])('is refused %s', async (_, rules, message) => {
    const refused = await packOfText(rules);
    expect(messages(refused)).toContainEqual(expect.stringContaining(message));
    expect(refused.pack.graylog).toEqual([]);
  });

  test.each(['full_message', 'source'])('is not %s', async (field) => {
    for (const rules of [grouped(field), keyed(`graylog: { keyFields: [${field}] }`)])
      expect((await packOfText(rules)).pack.graylog).toHaveLength(1);
  });

  test('is copied otherwise', async () => {
    const event = { EventID: 4625, full_message: 'all of it' };
    const [, hit] = processed(event, await packOfText(grouped('full_message')));
    expect(hit?.field('full_message')).toBe('all of it');
  });
});

/** The messages that come out of the pack's pipelines, as the server runs them. */
function processed(
  event: Readonly<Record<string, unknown>>,
  pack: BuiltPack = built,
): readonly Message[] {
  const sources = (type: string) =>
    entitiesOf(pack, type).map(({ data }) => ({
      name: String(plain(data.title)),
      source: String(plain(data.source)),
    }));
  return interpreterOf(
    { rules: sources('pipeline_rule'), pipelines: sources('pipeline') },
    { streams: [hitsTitle] },
  ).process(gelfMessage(event));
}

const hitsOf = (event: Readonly<Record<string, unknown>>): readonly Record<string, unknown>[] =>
  processed(event)
    .slice(1)
    .map((message) =>
      Object.fromEntries(
        ['sigma_rule', 'sigma_level', 'sigma_alert', 'sigma_entity', 'sigma_group'].flatMap(
          (name) => (message.field(name) === null ? [] : [[name, message.field(name)]]),
        ),
      ),
    );

describe('a message in the pipelines of the pack', () => {
  const start = { Computer: 'PC1', User: 'ACME\\bob' };

  test('is hit by the rules that are on, each with its entity and its terms', () => {
    expect(hitsOf({ ...start, Image: 'C:\\x\\MIMIKATZ.exe' })).toEqual([
      { sigma_rule: ids(1), sigma_level: 'critical', sigma_alert: 'true', sigma_entity: 'PC1' },
    ]);
    const task = { Image: 'C:\\schtasks.exe', CommandLine: 'schtasks /create x' };
    expect(hitsOf({ ...start, ...task })).toEqual([
      {
        sigma_rule: ids(3),
        sigma_level: 'high',
        sigma_alert: 'true',
        sigma_entity: 'PC1',
        sigma_group: 'every 1h, silent for 4h, by Computer, CommandLine',
      },
    ]);
    expect(hitsOf({ ...start, Image: 'C:\\notyet.exe' })).toEqual([]);
  });

  test('carries what correlations count, without an alert of its own', () => {
    const logon = { EventID: 4625, IpAddress: '10.0.0.1', TargetUserName: 'eve' };
    const [, hit] = processed({ ...start, ...logon });
    expect(hitsOf({ ...start, ...logon })).toEqual([
      { sigma_rule: ids(6), sigma_level: 'low', sigma_alert: 'false', sigma_entity: 'PC1' },
    ]);
    expect([hit?.field('IpAddress'), hit?.field('TargetUserName')]).toEqual(['10.0.0.1', 'eve']);
    expect(hit?.field('Computer')).toBeNull();
  });

  test('is counted by a threshold for what it is about, without its fields', () => {
    const queried = { Image: 'C:\\net.exe', CommandLine: 'net user bob', ProcessId: 5 };
    const [, hit] = processed({ ...start, ...queried });
    const fields = ['sigma_rule', 'sigma_entity', 'sigma_entity_type', 'Computer', 'ProcessId'];
    expect(fields.map((name) => hit?.field(name))).toEqual([ids(4), 'PC1', 'system', null, null]);
    const [, other] = processed(queried);
    expect(other?.field('sigma_entity')).toBe('judge');
  });

  test('has hits with a value of each field that alerts are grouped by', async () => {
    // rules without techniques and tactics, and one whose file the address can't name
    const linked = await build('ruleUrl: "https://git.example.org/{path}"\n');
    const outside = await packOfText(
      `title: Elsewhere
level: high
status: stable
logsource: { product: windows, category: process_creation }
detection: { selection: { Image|endswith: '\\schtasks.exe' }, condition: selection }
`,
      `${configText}ruleUrl: "https://git.example.org/{path}"\n`,
    );
    const event = { Image: 'C:\\schtasks.exe', Computer: 'PC1', CommandLine: 'x /create' };
    for (const pack of [built, linked, outside]) {
      const [, hit] = processed(event, pack);
      const grouped = entitiesOf(pack, 'event_definition').flatMap(({ data: { config } }) =>
        isRecord(config) ? (config.group_by as string[]) : [],
      );
      const wanted = [...new Set(grouped)].filter((field) => field.startsWith('sigma_'));
      expect(wanted.length).toBeGreaterThan(4);
      expect(wanted.filter((field) => hit?.field(field) == null)).toEqual([]);
    }
  });

  test('has the ids of its rules, and nothing that only the pipelines needed', () => {
    const [message] = processed({ ...start, Image: 'C:\\x\\mimikatz.exe' });
    expect(message?.field('sigma_rules')).toEqual([ids(1)]);
    expect(message?.errors).toEqual([]);
  });
});

/** The pack, changed as text; its parts are named by what they hold. */
const withChange = (from: string | RegExp, to: string): readonly string[] =>
  checkContentPack(JSON.parse(packText(built).replace(from, to)), {
    minimumServerVersion: '6.0.0',
  });

describe('the check of a pack for ingest', () => {
  test('agrees with what is built', () => expect(withChange('x', 'x')).toEqual([]));

  test.each([
    ['a rule under another title', /"acme clean up \w+"/, '"other"', 'the title is not the name'],
    ['a rule without an end', /\\nend\\n"/, '\\n"', 'the source is not `'],
    [
      'a rule that no pipeline names',
      /\n {2}rule "|\\n {2}rule \\"/,
      '\\n  //',
      'no pipeline names',
    ],
    ['a key that the server refuses', '"connected_streams"', '"streams"', 'not a key of Graylog'],
    [
      'hits without their stream',
      `"@value":"${hitsTitle}"`,
      '"@value":"Other"',
      `a rule puts messages in the stream "${hitsTitle}", which the pack lacks`,
    ],
  ])('finds %s', (_, from, to, reason) => {
    expect(withChange(from, to).join('\n')).toContain(reason);
  });
});

/** The pack with a change in the text of its rules. */
function builtWith(from: string, to: string): Promise<BuiltPack> {
  const changed = (name: string): string =>
    readFileSync(join(folder, 'rules', name), 'utf8').replace(from, to);
  const names = ['windows.yml', 'logons.yml'];
  return packOfFiles(Object.fromEntries(names.map((name) => [name, changed(name)])));
}

test('sigpack diff compares packs rule by rule, although pipelines share parts of them', async () => {
  const changed = await builtWith('EventID: 4625', 'EventID: 4626');
  const [before, after] = [built, changed].map((pack) =>
    valueIfOk(artifactSnapshot('', { contentPack: packText(pack) })),
  );
  if (!before || !after) throw new Error('not read');
  const { changes, unchanged } = diffOf(before, after);
  expect(changes.map(({ id, kinds }) => [id, kinds])).toEqual([[ids(6), ['query']]]);
  // event definitions of levels are of no rule
  expect(unchanged).toBe(10);
});

test('a title of several lines makes no line of another rule', async () => {
  const forged = `${ids(6)} 0123456789abcdef Forged`;
  const changed = await builtWith('title: Logon\n', `title: "Logon\\n${forged}"\n`);
  expect(sourcesOf(changed)).toMatch(
    new RegExp(`^(?:# )?[-0-9a-f]{36} [0-9a-f]{16} Logon ${forged}$`, 'm'),
  );
  expect(sourcesOf(changed)).not.toMatch(new RegExp(`^${forged}`, 'm'));
});
