import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readTar } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-unheard-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const rule = (number: number, logsource: string, detection: string, more = ''): string =>
  `title: Rule ${number}\nid: 12121212-1111-4111-8111-11111111110${number}\nstatus: stable\nlevel: high\nlogsource: { ${logsource} }\ndetection: { s: { ${detection} }, condition: s }\n${more}`;
const process = rule(
  1,
  'product: windows, category: process_creation',
  "Image|endswith: '\\a.exe'",
);
const cloudTrail = rule(2, 'product: aws, service: cloudtrail', 'eventName: StopLogging');

interface Built {
  readonly code: number | undefined;
  /** Lines of diagnostics. */
  readonly told: readonly string[];
  readonly text: string;
  readonly folder: string;
}

const chosen = 'pipelines: { splunk: splunk, graylog: graylog }\n';
const places = 'splunk: { index: "*" }\ngraylog: { streams: all }\n';

async function built(
  rules: readonly string[],
  config: string,
  ...args: readonly string[]
): Promise<Built> {
  const texts = Object.fromEntries(rules.map((text, index) => [`rules/${index}.yml`, text]));
  const folder = projectIn(temporary, { ...texts, 'sigpack.yml': `id: acme\n${config}` });
  const { code, stderr } = await sigpack(['build', '-o', 'o', ...args], { cwd: folder });
  return {
    code,
    folder,
    text: stderr,
    told: stderr.split('\n').filter((line) => /^\S+: (?:error|warning)\[/.test(line)),
  };
}

const artifacts = (folder: string): readonly string[] =>
  existsSync(join(folder, 'o')) ? readdirSync(join(folder, 'o')) : [];

interface Definition {
  readonly key_spec: readonly string[];
  readonly field_spec: Readonly<
    Record<string, { readonly providers: readonly { readonly template: string }[] }>
  >;
  readonly config: { readonly query: { readonly '@value': string } };
}

function definitions({ folder }: Built): readonly Definition[] {
  const { entities } = JSON.parse(readFileSync(join(folder, 'o/acme-1.0.0-graylog.json'), 'utf8'));
  return entities
    .filter((entity: { type: { name: string } }) => entity.type.name === 'event_definition')
    .map((entity: { data: Definition }) => entity.data);
}

async function stanza({ folder }: Built, name: string): Promise<ReadonlyMap<string, string>> {
  const app = await readTar(readFileSync(join(folder, 'o/acme-1.0.0.spl')));
  const conf = readStrictConf(
    app.find(({ header }) => header.name.endsWith('default/savedsearches.conf'))?.text ?? '',
  );
  return conf.get(name) ?? new Map();
}

describe('leadingWildcards', () => {
  test.each([
    ["Image|endswith: '\\a.exe'", 'Image:*\\\\a.exe'],
    ["CommandLine|contains: 'x y'", 'CommandLine:*x\\ y*'],
  ])('with exact, %s is a term that the pack may hold', async (detection, term) => {
    const made = await built(
      [rule(1, 'product: windows, category: process_creation', detection)],
      'pipelines: { graylog: none }\ngraylog: { streams: all, matching: exact, leadingWildcards: true }\n',
      '-t',
      'graylog',
    );
    expect([made.code, made.told]).toEqual([0, []]);
    expect(definitions(made)[0]?.config.query['@value']).toContain(term);
  });

  test('with case-insensitive it changes nothing, which is said once', async () => {
    const config = `${chosen}graylog: { streams: all, leadingWildcards: true }\n`;
    const { code, told } = await built([process, cloudTrail], config, '-t', 'graylog');
    expect([code, told]).toEqual([
      0,
      [
        expect.stringMatching(
          /^sigpack\.yml:3:26: warning\[TGT007\]: graylog: `leadingWildcards` changes nothing with/,
        ),
      ],
    ]);
  });
});

describe('at ingest, what only says how a search is written', () => {
  const settings = [
    ['matching', 'exact', '`matching: exact`'],
    ['leadingWildcards', 'true', '`leadingWildcards`'],
    ['textFields', '[TargetUserName]', '`textFields`'],
    ['ipFields', '[IpAddress]', '`ipFields`'],
  ] as const;
  const rules = [
    rule(1, 'product: windows, category: process_creation', "Image|endswith: 'A.exe'"),
    rule(2, 'product: windows, service: security', "IpAddress|cidr: '10.0.0.0/8'"),
    rule(3, 'product: windows, service: security', "TargetUserName: '-'"),
  ];
  const config = (more: string, mode = 'ingest'): string =>
    `pipelines: { graylog: none }\ngraylog: { mode: ${mode}, streams: [W]${more} }\n`;
  const packOf = ({ folder }: Built): string =>
    readFileSync(join(folder, 'o/acme-1.0.0-graylog.json'), 'utf8');

  test.each(settings)('%s changes nothing, which is said', async (key, value, named) => {
    const [without, made] = [
      await built(rules, config(''), '-t', 'graylog'),
      await built(rules, config(`, ${key}: ${value}`), '-t', 'graylog'),
    ];
    expect([without.told, made.code, made.told]).toEqual([
      [],
      0,
      [
        expect.stringContaining(
          `sigpack.yml:3:40: warning[TGT007]: graylog: ${named} changes nothing in the pack with`,
        ),
      ],
    ]);
    expect(packOf(made)).toBe(packOf(without));
  });

  test.each(['textFields', 'ipFields'])('%s is heard in search mode', async (key) => {
    const made = await built(rules, config(`, ${key}: [a]`, 'search'), '-t', 'graylog');
    expect(made.told.filter((line) => line.includes('TGT007'))).toEqual([]);
  });

  test('is not reported where it is the default', async () => {
    const made = await built(rules, config(', matching: case-insensitive'), '-t', 'graylog');
    expect(made.told).toEqual([]);
  });

  test('a stream of events among those of a rule is refused', async () => {
    const made = await built(
      [`${process}sigpack: { graylog: { streams: [All system events] } }\n`, cloudTrail],
      config(''),
      '-t',
      'graylog',
    );
    expect([made.code, made.told]).toEqual([
      1,
      [expect.stringMatching(/TGT001\]: graylog: the `streams` of the rule name a stream of the/)],
    ]);
  });

  test('a value without words is not one that every message may have', async () => {
    const dash = rule(4, 'product: windows, service: security', "message: '-'");
    const everywhere = (mode: string): string =>
      config('', mode).replace('[W]', '[Default Stream]');
    const inSearch = await built([dash], everywhere('search'), '-t', 'graylog');
    expect(inSearch.text).toContain('error[TGT005]');
    const atIngest = await built([dash], everywhere('ingest'), '-t', 'graylog');
    expect([atIngest.code, atIngest.text]).toEqual([0, expect.not.stringContaining('TGT005')]);
  });
});

describe('a setting that changes nothing is reported', () => {
  test.each([
    [
      'index of data models',
      '{ index: windows }',
      'splunk-cim',
      /`index` changes nothing: all searches are of data models/,
    ],
    [
      'indexes of data models',
      '{ indexes: [{ match: { product: windows }, definition: index=a }] }',
      'splunk-cim',
      /`indexes` changes nothing/,
    ],
    [
      'a summary index beside Enterprise Security',
      '{ index: a, summaryIndex: s, enterpriseSecurity: true }',
      'splunk',
      /no view of the app reads `summaryIndex`/,
    ],
    [
      'limits of groups without groups',
      '{ index: a, grouped: { rules: 10 } }',
      'splunk',
      /sigpack\.yml:2:21: .*`grouped` changes nothing without `grouping: log-source`/,
    ],
  ])('%s', async (_, splunk, pipeline, expected) => {
    const { code, told } = await built(
      [process],
      `splunk: ${splunk}\n`,
      '-t',
      'splunk',
      '-p',
      pipeline,
    );
    expect([code, told]).toEqual([0, [expect.stringMatching(expected)]]);
  });

  test.each([
    ['an index', '{ index: windows }', 'splunk'],
    ['a summary index', '{ index: a, summaryIndex: s }', 'splunk'],
    [
      'limits of groups',
      '{ index: a, summaryIndex: s, grouping: log-source, grouped: { rules: 10 } }',
      'splunk',
    ],
  ])('%s that counts is not', async (_, splunk, pipeline) => {
    expect(
      (await built([process], `splunk: ${splunk}\n`, '-t', 'splunk', '-p', pipeline)).told,
    ).toEqual([]);
  });
});

test.each([['build'], ['check']])('%s says what runs in grouped searches', async (command) => {
  const folder = projectIn(temporary, {
    'rules/0.yml': process,
    'rules/1.yml': rule(3, 'product: windows, category: process_creation', 'CommandLine: other'),
    'sigpack.yml':
      'id: acme\ntargets: [splunk]\npipelines: { splunk: splunk }\n' +
      'splunk: { index: a, grouping: log-source }\n',
  });
  const { stdout, stderr } = await sigpack([command], { cwd: folder });
  expect(stdout + stderr).toContain('\n  2 detections run in 1 grouped search\n');
});

describe('a word for everywhere where names are wanted', () => {
  test.each([
    ['splunk: { index: all }', 'PCK001', '`splunk.index: all` would look in an index named `all`'],
    [
      'splunk: { index: [windows, all] }',
      'PCK001',
      '`splunk.index: all` would look in an index named `all`',
    ],
    ['graylog: { streams: [all] }', 'PCK001', 'this would look in a stream titled `all`'],
    ['graylog: { streams: ["*"] }', 'PCK001', 'this would look in a stream titled `*`'],
    [
      'defaults: { graylog: { streams: ["*"] } }',
      'PCK001',
      'this would look in a stream titled `*`',
    ],
  ])('%s', async (config, code, message) => {
    const { code: exit, told } = await built([process], `${chosen}${config}\n`);
    expect([exit, told]).toEqual([2, [expect.stringContaining(`error[${code}]: `)]]);
    expect(told[0]).toContain(message);
  });

  test('in a rule', async () => {
    const { told } = await built(
      [`${process}sigpack: { graylog: { streams: [all] } }\n`, cloudTrail],
      `${chosen}${places}`,
    );
    expect(told).toEqual([
      expect.stringMatching(/^rules\/0\.yml:7:33: error\[SIG070\].*a stream titled `all`/),
    ]);
  });
});

describe('a name of a log source that no pipeline knows', () => {
  test.each<[logsource: string, part: string, name: string, near: string | undefined]>([
    [
      'product: windows, category: proces_creation',
      'category',
      'proces_creation',
      'process_creation',
    ],
    ['product: windows, service: secrity', 'service', 'secrity', 'security'],
    ['product: windows, service: acme-agent', 'service', 'acme-agent', undefined],
  ])('%s', async (logsource, part, name, near) => {
    const { text } = await built([rule(1, logsource, 'Image: a')], `${chosen}${places}`);
    const message = `no pipeline knows the ${part} \`${name}\` of windows, so nothing narrows the search to its events`;
    const hint = near && `Did you mean \`${near}\`?`;
    for (const target of ['splunk', 'graylog']) {
      const found = text
        .split('\n\n')
        .filter((diagnostic) => diagnostic.includes(`: warning[PIP003]: ${target}: ${message}\n`));
      expect(found.map((diagnostic) => /Did you mean .*/.exec(diagnostic)?.[0])).toEqual([hint]);
    }
    expect(text.match(/did you mean/gi) ?? []).toHaveLength(near === undefined ? 0 : 2);
  });

  test.each([
    'product: windows, category: process_creation',
    'product: windows, service: security',
    'product: windows',
    'category: proxy',
  ])('but not %s', async (logsource) => {
    const { told } = await built([rule(1, logsource, 'EventID: 1')], `${chosen}${places}`);
    expect(told.filter((line) => line.includes('nothing narrows'))).toEqual([]);
  });
});

describe('a field that settings name and a log source does not have', () => {
  test('is left out of what sigpack.yml says for all rules, and what is usual holds where nothing remains', async () => {
    const settings =
      'defaults: { suppress: { fields: [Computer] }, entities: [{ field: Computer, type: system }], alertFields: [CommandLine, awsRegion] }\n';
    const made = await built([process, cloudTrail], `${chosen}${places}${settings}`);
    expect(made.code).toBe(0);
    for (const target of ['splunk', 'graylog']) {
      expect(
        made.told.filter(
          (line) =>
            line.includes(`PIP003]: ${target}: \`Computer\` is left out`) &&
            line.endsWith('in the rule "Rule 2"'),
        ),
      ).not.toEqual([]);
      expect(
        made.told.filter((line) =>
          line.includes(`PIP003]: ${target}: \`CommandLine\` is left out`),
        ),
      ).toHaveLength(1);
    }
    const [first, second] = [await stanza(made, 'Rule 1'), await stanza(made, 'Rule 2')];
    expect([first.get('alert.suppress.fields'), second.get('alert.suppress.fields')]).toEqual([
      'Computer,sigpack_nobody',
      'userIdentity.arn,userIdentity.userName,sigpack_nobody',
    ]);
    expect(second.get('search')).not.toMatch(/Computer|CommandLine/);
    expect(second.get('search')).toContain('values(awsRegion)');
    const [windows, aws] = definitions(made);
    expect([windows?.key_spec, aws?.key_spec]).toEqual([
      ['winlogbeat_winlog_computer_name'],
      ['userIdentity_arn', 'userIdentity_userName', 'source', 'sigpack_nobody'],
    ]);
    expect(Object.keys(aws?.field_spec ?? {})).not.toContain('CommandLine');
  });

  test('a correlation keeps its group where the settings of all rules name others', async () => {
    const named = process.replace('title: Rule 1', 'title: Rule 1\nname: one');
    const many =
      'title: Many of them\nid: 12121212-1111-4111-8111-111111111109\nstatus: stable\nlevel: high\ncorrelation: { type: event_count, rules: [one], group-by: [User], timespan: 10m, condition: { gte: 5 } }\n';
    const made = await built(
      [`${named}---\n${many}`],
      `${chosen}${places}defaults: { suppress: { fields: [Computer] } }\n`,
    );
    expect(made.code).toBe(0);
    expect((await stanza(made, 'Many of them')).get('alert.suppress.fields')).toBe(
      'User,sigpack_nobody',
    );
  });

  test('so it is for what sigpack.yml says of a level', async () => {
    const made = await built(
      [cloudTrail],
      `${chosen}${places}levels: { high: { risk: { objects: [{ field: Computer, type: system }] }, suppress: { fields: [User, awsRegion] } } }\n`,
    );
    expect((await stanza(made, 'Rule 2')).get('alert.suppress.fields')).toBe(
      'awsRegion,sigpack_nobody',
    );
  });

  test('is an error where sigpack.yml says it of log sources', async () => {
    const config =
      'logsources: [{ match: { product: windows }, settings: { alertFields: [GrandParentImage] } }]\n';
    const { told } = await built(
      [process, cloudTrail],
      `${chosen}${places}${config}`,
      '-t',
      'splunk',
    );
    expect(told).toEqual([
      expect.stringMatching(
        /error\[TGT001\]: splunk: no event of the log source has a field `GrandParentImage`/,
      ),
    ]);
  });

  test('is reported at its place in a rule', async () => {
    const { told } = await built(
      [`${cloudTrail}sigpack: { suppress: { fields: [Computer] } }\n`],
      `${chosen}${places}`,
      '-t',
      'splunk',
    );
    expect(told).toEqual([
      expect.stringMatching(
        /^rules\/0\.yml:7:33: warning\[PIP003\]: splunk: no pipeline spells out the field `Computer`/,
      ),
    ]);
  });
});

describe('a pack of which every detection was left out', () => {
  const onlyNot =
    'title: Only not\nid: 12121212-1111-4111-8111-111111111108\nstatus: stable\nlevel: high\nlogsource: { category: x }\ndetection: { s: { a: b }, condition: not s }\n';

  test('is not written', async () => {
    const { code, told, folder } = await built(
      [onlyNot],
      `pipelines: { splunk: none, graylog: none }\n${places}`,
    );
    expect(code).toBe(1);
    for (const target of ['splunk', 'graylog'])
      expect(
        told.filter((line) => line.includes(`PCK005]: ${target}: every detection was left out`)),
      ).toHaveLength(1);
    expect(artifacts(folder)).toEqual([]);
  });

  test('leaves the pack of the other target alone', async () => {
    // a field reference is nothing for Graylog
    const reference = rule(
      4,
      'product: windows, category: process_creation',
      'Image|fieldref: ParentImage',
    );
    const { code, told, folder } = await built(
      [reference],
      `pipelines: { splunk: none, graylog: none }\n${places}`,
    );
    expect(code).toBe(1);
    expect(
      told.filter((line) => line.includes('PCK005]: graylog: every detection was left out')),
    ).toHaveLength(1);
    expect([...artifacts(folder)].sort()).toEqual([
      'acme-1.0.0.spl',
      'acme-1.0.0.zip',
      'manifest.json',
    ]);
  });
});

describe('event fields with the names of Sigpack’s constants in Graylog', () => {
  const config = `pipelines: { graylog: none }\n${places}`;

  test('keep the constant, and the rule is told so', async () => {
    const asking = rule(1, 'product: windows, category: process_creation', 'sigma_level: low');
    const made = await built([asking], config, '-t', 'graylog');
    expect(made.told).toEqual([
      expect.stringMatching(
        /TGT007\]: graylog: an event does not show the field `sigma_level` of its message/,
      ),
    ]);
    expect(definitions(made)[0]?.field_spec.sigma_level?.providers[0]?.template).toBe('high');
  });

  test.each(['sigma_level', 'sigma_rule'])('%s is not a key', async (name) => {
    const { told } = await built(
      [`${process}sigpack: { graylog: { keyFields: [${name}] } }\n`, cloudTrail],
      config,
      '-t',
      'graylog',
    );
    expect(told).toEqual([
      expect.stringMatching(
        new RegExp(
          `TGT001\\]: graylog: events have a constant of Sigpack under the name of the key field \`${name}\``,
        ),
      ),
    ]);
  });
});

test('what Slack and Teams are sent holds no field of an event', async () => {
  for (const type of ['slack', 'teams', 'email']) {
    const config = `${chosen}graylog: { streams: all, minimumServerVersion: 6.1.0, notification: { type: ${type} ${type === 'email' ? ', users: [a]' : ''} } }\n`;
    const { folder } = await built([process], config.replace('6.1.0', "'6.1.0'"), '-t', 'graylog');
    const text = readFileSync(join(folder, 'o/acme-1.0.0-graylog.json'), 'utf8');
    expect([type, text.includes('field.value')]).toEqual([type, type === 'email']);
  }
});
