import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zip } from '../src/artifact/archive.ts';
import { readContentPack } from '../src/install/graylog/definitions.ts';
import { appError } from '../src/install/splunk/app-allowed.ts';
import { configuredSettings } from '../src/install/splunk/search-settings.ts';
import {
  archiveBounds,
  readTarMembers,
  readZipMembers,
} from '../src/release/archive/archive-bounds.ts';
import { artifactSnapshot } from '../src/release/artifact-snapshot.ts';
import { readTar } from './archives.ts';
import { createLab, firstRules, type Lab, removeLabs, tree } from './install-lab.ts';
import { unwrapped } from './result.ts';

afterAll(removeLabs);

type Entry = Partial<Header> & { readonly name: string; readonly text?: string };

async function tarOf(entries: Iterable<Entry>): Promise<Buffer> {
  const archive = pack();
  const chunks: Buffer[] = [];
  const done = (async () => {
    for await (const chunk of archive) chunks.push(chunk as Buffer);
  })();
  for (const { text = '', ...header } of entries)
    archive.entry(header, header.type === undefined || header.type === 'file' ? text : '');
  archive.finalize();
  await done;
  return gzipSync(Buffer.concat(chunks));
}

let lab: Lab;
let built = '';
const searchWith = (line: string): readonly Entry[] => [
  { name: 'acme/default/savedsearches.conf', text: `[a]\nsearch = x\n${line}\n` },
];
const view = (text: string): readonly Entry[] => [
  { name: 'acme/default/data/ui/views/overview.xml', text },
];
const conf = { name: 'acme/default/app.conf', text: '[launcher]\nversion = 1.0.0\n' };

/** What an install of the archive says; nothing may be written. */
async function refusal(bytes: Buffer): Promise<string> {
  writeFileSync(lab.at('hostile.spl'), bytes);
  const before = tree(lab.at('splunk'));
  const { code, out } = await lab.install(lab.at('hostile.spl'));
  expect(tree(lab.at('splunk'))).toEqual(before);
  return `${code} ${out}`;
}

describe('a Splunk app', () => {
  beforeAll(async () => {
    lab = createLab('{ kind: splunk-disk, home: splunk }');
    lab.write('splunk/etc/apps/other/default/app.conf', '');
    built = await lab.build('1.0.0', 1, firstRules);
  });

  test.each<[string, readonly Entry[], string]>([
    ['a script', [{ name: 'acme/bin/e.sh' }], '"bin/e.sh", which no build of Sigpack writes'],
    [
      'inputs',
      [{ name: 'acme/default/inputs.conf' }],
      '"default/inputs.conf", which no build of Sigpack writes',
    ],
    [
      'commands',
      [{ name: 'acme/default/commands.conf' }],
      '"default/commands.conf", which no build of Sigpack writes',
    ],
    [
      'a python file among the lookups',
      [{ name: 'acme/lookups/x.py' }],
      '"lookups/x.py", which no build of Sigpack writes',
    ],
    [
      'a lookup of another app',
      [{ name: 'acme/lookups/geo.csv' }],
      '"lookups/geo.csv", which no build of Sigpack writes',
    ],
    [
      'a name of a lookup in other letters',
      [{ name: 'acme/lookups/ACME_attack.csv' }],
      '"lookups/ACME_attack.csv", which no build',
    ],
    [
      'a script of the web interface',
      [{ name: 'acme/appserver/static/x.js' }],
      '"appserver/static/x.js", which no build of Sigpack writes',
    ],
    [
      'an executable file',
      [{ name: 'acme/README.md', mode: 0o755 }],
      'the entry "acme/README.md" is executable',
    ],
    [
      'a file with the rights of its owner',
      [{ name: 'acme/README.md', mode: 0o4644 }],
      'the entry "acme/README.md" is executable',
    ],
    [
      'a member twice',
      [{ name: 'acme/README.md' }, { name: 'acme/README.md', text: 'x' }],
      'the entry "acme/README.md" is there twice',
    ],
    [
      'a hard link',
      [{ name: 'acme/README.md', type: 'link', linkname: 'acme/default/app.conf' }],
      'the entry "acme/README.md" is a link, not a file',
    ],
    [
      'a symbolic link',
      [{ name: 'acme/lookups', type: 'symlink', linkname: '/etc' }],
      'the entry "acme/lookups" is a symlink, not a file',
    ],
    [
      'a device',
      [{ name: 'acme/README.md', type: 'character-device' }],
      'the entry "acme/README.md" is a character-device, not a file',
    ],
    [
      'a pipe',
      [{ name: 'acme/README.md', type: 'fifo' }],
      'the entry "acme/README.md" is a fifo, not a file',
    ],
    [
      'a folder',
      [{ name: 'acme/bin', type: 'directory' }],
      'the entry "acme/bin" is a directory, not a file',
    ],
    [
      'a file and a folder of one name',
      [{ name: 'acme/default/app.conf/x' }],
      '"default/app.conf/x", which no build of Sigpack writes',
    ],
    [
      'a lookup that runs a program',
      [{ name: 'acme/default/transforms.conf', text: '[a]\nexternal_cmd = x.py a b\n' }],
      '[a] makes Splunk run a program',
    ],
    [
      'a program after a comment',
      [{ name: 'acme/default/transforms.conf', text: '# c \\\nexternal_cmd = x.py a\n' }],
      'a comment ends in a backslash',
    ],
    [
      'a transform of events',
      [{ name: 'acme/default/transforms.conf', text: '[a]\nDEST_KEY = queue\n' }],
      '[a] has "DEST_KEY"',
    ],
    [
      'a script as an action',
      searchWith('action.script = 1'),
      '[a] has "action.script", which a rule may not set and sigpack.yml does not set so',
    ],
    ['mail', searchWith('actions = email'), '[a] has "actions"'],
    ['another user', searchWith('dispatchAs = owner'), '[a] has "dispatchAs"'],
    [
      'another address than that of sigpack.yml',
      searchWith('action.webhook.param.url = https://evil.example'),
      '[a] has "action.webhook.param.url"',
    ],
    [
      'rights for all',
      [{ name: 'acme/metadata/default.meta', text: '[]\naccess = read : [ * ], write : [ * ]\n' }],
      '[] lets everyone write',
    ],
    [
      'an owner',
      [{ name: 'acme/metadata/default.meta', text: '[]\nowner = admin\n' }],
      '[] has "owner"',
    ],
    [
      'a script in a view',
      view('<dashboard script="evil.js"><label>a</label></dashboard>'),
      'it runs a script',
    ],
    [
      'a link that runs a script',
      view('<form><a href="java&#115;cript:x"/></form>'),
      'it has a link that runs a script',
    ],
    [
      'a manifest of another app',
      [{ name: 'acme/app.manifest', text: '{"info":{"id":{"name":"other"}}}' }],
      'it is of another app',
    ],
    [
      'a diagnosis by a script',
      [{ name: 'acme/default/app.conf', text: '[diag]\nextension_script = x.py\n' }],
      '[diag] has "extension_script"',
    ],
    [
      'a line that is not a setting',
      [{ name: 'acme/default/savedsearches.conf', text: '[a]\nsearch = x\nxxxx' }],
      'line 3: neither a stanza nor a setting',
    ],
    [
      'a stanza twice',
      [{ name: 'acme/default/savedsearches.conf', text: '[a]\nsearch = x\n[a]\n' }],
      'line 3: [a] a second time',
    ],
  ])('with %s is refused', async (_, entries, message) => {
    expect(
      await refusal(
        await tarOf(entries.some(({ name }) => name === conf.name) ? entries : [conf, ...entries]),
      ),
    ).toContain(message);
  });

  test('of more entries than any build has is refused at the first one too many', async () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => ({
      name: `acme/lookups/${index}.csv`,
    }));
    expect(await refusal(await tarOf([conf, ...entries]))).toContain(
      `it has more than ${archiveBounds.tarEntries} entries`,
    );
  });

  test('of more stanzas than any build has is refused unread', async () => {
    const text = Array.from({ length: 400_002 }, (_, index) => `[${index.toString(36)}]`).join(
      '\n',
    );
    expect(
      await refusal(await tarOf([conf, { name: 'acme/default/savedsearches.conf', text }])),
    ).toContain('it has more than 400000 stanzas');
  });

  test.each([' [a]', '[a]'])('of more stanzas in any form is refused: %j', async (stanza) => {
    const text = `${stanza}\n`.repeat(400_002);
    expect(
      await refusal(await tarOf([conf, { name: 'acme/default/savedsearches.conf', text }])),
    ).toContain('it has more than 400000 stanzas');
  });

  test('of more settings in a stanza than any build has is refused', async () => {
    const text = `[a]\n${Array.from({ length: 1002 }, (_, index) => `k${index} = 1\n`).join('')}`;
    expect(
      await refusal(await tarOf([conf, { name: 'acme/default/macros.conf', text }])),
    ).toContain('it has more than 1000 settings in a stanza');
    expect(artifactSnapshot('a', { savedSearches: text })).toEqual({
      ok: false,
      error: expect.stringContaining('savedsearches.conf has more than 1000 settings in a stanza'),
    });
  });

  test('that grows beyond all measure is refused before it has', async () => {
    const members: string[] = [];
    const bytes = await tarOf([
      conf,
      { name: 'acme/default/savedsearches.conf', text: 'a'.repeat(200_000_000) },
      { name: 'acme/README.md' },
    ]);
    const read = readTarMembers(bytes, (path) => {
      members.push(path);
      return true;
    });
    expect(await read).toEqual({
      ok: false,
      error: expect.stringMatching(
        /^it unpacks to more than \d+ bytes, which no archive of Sigpack of its size does$/,
      ),
    });
    expect(members).toEqual(['acme/default/app.conf', 'acme/default/savedsearches.conf']);
  });

  test.each<[string, (tar: Buffer) => void, string]>([
    [
      'a folder that GNU tar lacks',
      (tar) => {
        tar.write('ustar  \0', 257, 'latin1');
        tar.write('../../evil', 345, 'latin1');
      },
      'an entry has a folder where only some readers look for one',
    ],
    ['a second header', (tar) => tar.write('x', 156, 'latin1'), 'an entry has a second header'],
    [
      'a size that is not a number',
      (tar) => tar.writeUInt8(0x80, 124),
      'an entry has a size that is not a number',
    ],
  ])('with %s is refused', async (_, change, message) => {
    const tar = gunzipSync(await tarOf([conf]));
    change(tar);
    expect(await refusal(gzipSync(tar))).toContain(message);
  });

  test('whose bytes are cut off is refused', async () => {
    const whole = readFileSync(join(built, 'acme-1.0.0.spl'));
    expect(await refusal(whole.subarray(0, whole.length / 2))).toContain(
      'the app cannot be unpacked',
    );
  });

  test('of a build is taken', async () => {
    expect((await readTar(readFileSync(join(built, 'acme-1.0.0.spl')))).length).toBeGreaterThan(10);
    expect((await lab.install(built, { plan: true })).code).toBe(0);
  });
});

interface Json {
  [key: string]: unknown;
}

/** Lists in lists. */
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

/** The data of the first definition, changed. */
const changed =
  (data: Json) =>
  ({ entities }: { entities: Json[] }): unknown =>
    Object.assign(entities[0]?.data as Json, data);

/** A notification whose address is a parameter with a value. */
const notifying =
  (type: string, key: string, name = 'NOTIFICATION_URL') =>
  (pack: Json & { entities: Json[] }): void => {
    const value = (is: string, text: string): Json => ({ '@type': is, '@value': text });
    const more = type.startsWith('teams')
      ? { adaptive_card: value('string', '{}'), time_zone: value('string', 'UTC') }
      : {};
    const config = { type, [key]: value('parameter', name), ...more };
    const data = { title: value('string', 'T'), description: value('string', ''), config };
    pack.entities.push({
      v: '1',
      id: 'n',
      type: { name: 'notification', version: '1' },
      constraints: [],
      data,
    });
    pack.parameters = [
      {
        name,
        title: 'T',
        description: '',
        type: 'string',
        default_value: 'https://elsewhere.test/hook',
      },
    ];
  };

test.each<[string, (pack: Json & { entities: Json[] }) => unknown, string]>([
  [
    'a notification',
    ({ entities }) =>
      entities.push({
        v: '1',
        id: 'n',
        type: { name: 'notification', version: '1' },
        constraints: [],
        data: {
          title: { '@type': 'string', '@value': 'Call home' },
          config: {
            type: 'http-notification-v1',
            url: { '@type': 'string', '@value': 'http://evil.test' },
          },
        },
      }),
    'the entity "Call home" has "data.config", which no build of Sigpack writes so',
  ],
  [
    'an input',
    ({ entities }) =>
      entities.push({
        v: '1',
        id: 'n',
        type: { name: 'input', version: '1' },
        constraints: [],
        data: {},
      }),
    'is of the type "input"',
  ],
  [
    'a lookup table',
    ({ entities }) =>
      entities.unshift({
        v: '1',
        id: 'n',
        type: { name: 'lookup_table', version: '1' },
        constraints: [],
        data: {},
      }),
    'entity 1 is of the type "lookup_table"',
  ],
  [
    'a type of the object’s own',
    ({ entities }) => entities.push({ id: 'n', type: { name: '__proto__' }, data: {} }),
    'is of the type "__proto__"',
  ],
  [
    'an entity twice',
    ({ entities }) => entities.push({ ...entities[0] }),
    'the entity "First" is there twice',
  ],
  [
    'an entity that is nothing',
    ({ entities }) => entities.push(null as never),
    'is not an entity that a build of Sigpack writes',
  ],
  [
    'a definition that notifies',
    ({ entities }) =>
      Object.assign(entities[0]?.data as Json, {
        notifications: [
          {
            notification_id: { '@type': 'string', '@value': '6b0ba6a8e1e0211321871792' },
            notification_parameters: null,
          },
        ],
      }),
    'the entity "First" names a notification that the pack lacks',
  ],
  [
    'events in other streams',
    changed({
      storage: [{ type: 'persist-to-streams-v1', streams: ['000000000000000000000001'] }],
    }),
    'has "data.storage[0].streams[0]"',
  ],
  [
    'a field of a lookup',
    changed({ field_spec: { a: { data_type: 'string', providers: [{ type: 'lookup-v1' }] } } }),
    'field_spec.a.providers[0].type"',
  ],
  ['a key of its own in a definition', changed({ evil: 1 }), 'the entity "First" has "data.evil"'],
  [
    'a key of its own in a search',
    ({ entities: [{ data } = {}] }) =>
      Object.assign((data as { config: Json }).config, { evil: 1 }),
    '"data.config.evil"',
  ],
  [
    'a title that is not text',
    changed({ title: { '@type': 'string', '@value': { a: 1 } } }),
    'entity 1 has "data.title.@value"',
  ],
  [
    'a parameter that says more',
    (pack) =>
      Object.assign(pack, { parameters: [{ name: 'a', type: 'string', notification: 'x' }] }),
    '"parameters[0].notification"',
  ],
  [
    'an address of lists in lists',
    (pack) => Object.assign(pack, { url: nested(1000) }),
    'the content pack is nested more than 100 deep',
  ],
  [
    'lists in lists in a definition',
    changed({ deep: nested(101) }),
    'the content pack is nested more than 100 deep',
  ],
  [
    'a definition of another kind',
    ({ entities }) =>
      Object.assign(entities[0]?.data as Json, { config: { type: 'system-notifications-v1' } }),
    'has "data.config.type", which no build',
  ],
  [
    'a definition without its settings',
    ({ entities }) => Object.assign(entities[0]?.data as Json, { config: null }),
    'has "data.config", which no build',
  ],
  ['a key of its own', (pack) => Object.assign(pack, { extra: 1 }), 'the content pack has "extra"'],
  [
    'an address of its own for alerts',
    notifying('http-notification-v1', 'url'),
    'a value for "NOTIFICATION_URL", an address that alerts are sent to',
  ],
  [
    'an address under another name',
    notifying('teams-notification-v2', 'webhook_url', 'STREAM'),
    'the content pack has a value for "STREAM", an address that alerts are sent to',
  ],
  [
    'parameters that are none',
    (pack) => Object.assign(pack, { parameters: [1] }),
    'the content pack has "parameters[0]", which no build',
  ],
])(
  'a content pack with %s is refused before anything is asked of a server',
  async (_, change, message) => {
    const other = createLab(
      "{ kind: graylog, url: 'http://127.0.0.1:9/api', retries: 0 }",
      'graylog: { dashboard: false }\n',
    );
    const folder = await other.build('1.0.0', 1, firstRules);
    const path = join(folder, 'acme-1.0.0-graylog.json');
    const content = JSON.parse(readFileSync(path, 'utf8')) as Json & { entities: Json[] };
    change(content);
    writeFileSync(path, JSON.stringify(content));
    expect((await other.install(path)).code).toContain(message);
  },
);

const searchOf = (body: unknown) => ({ search: { request: { indices: ['x'], body } } });
const search = searchOf({});
test('the golden packs may be installed', () => {
  const packs = join(import.meta.dirname, 'packs');
  expect(
    readContentPack(readFileSync(join(packs, 'starter/content-pack.json'), 'utf8')).entities.length,
  ).toBeGreaterThan(1);
  const savedsearch = { 'action.email': '1', 'action.email.to': 'soc@example.test' };
  const isConfigured = configuredSettings({
    defaults: { splunk: { savedsearch } },
    levels: new Map(),
    logsources: [],
  });
  for (const [folder, id] of [
    ['starter/app', 'starter'],
    ['splunk-app', 'sigpack_test'],
  ] as const) {
    const files = Object.entries(tree(join(packs, folder))).map(
      ([path, content]): [string, Buffer] => [path, Buffer.from(content, 'latin1')],
    );
    expect(appError(id, new Map(files), isConfigured)).toBeUndefined();
  }
});

test.each<[string, string | undefined, Readonly<Record<string, string>>, boolean]>([
  ['the one of sigpack.yml', 'alerts', {}, true],
  ['none in sigpack.yml', undefined, {}, false],
  ['another than that of sigpack.yml', 'alerts', { 'action.summary_index._name': 'main' }, false],
  [
    'a mark that ends its text',
    'alerts',
    { 'action.summary_index.sigpack_rule': 'x" | delete' },
    false,
  ],
  ['a mark of another name', 'alerts', { 'action.summary_index.command': 'x' }, false],
])('an index for results, %s', (_, summaryIndex, more, allowed) => {
  const isConfigured = configuredSettings({
    defaults: {},
    levels: new Map(),
    logsources: [],
    splunk: summaryIndex === undefined ? {} : { summaryIndex },
  });
  const settings = {
    'action.summary_index': '1',
    'action.summary_index._name': 'alerts',
    'action.summary_index.sigpack_pack': 'acme',
    'action.summary_index.sigpack_rule': '00000000-0000-4000-8000-000000000001',
    'action.summary_index.sigpack_level': 'high',
    ...more,
  };
  const text = `[One]\n${Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')}`;
  const problem = appError(
    'acme',
    new Map([['default/savedsearches.conf', Buffer.from(text)]]),
    isConfigured,
  );
  if (allowed) expect(problem).toBeUndefined();
  else expect(problem).toContain('[One] has "action.summary_index');
});

test.each<[string, unknown, string]>([
  [
    'a request of its own',
    { id: 'a', body: { trigger: {}, input: { http: {} }, actions: {} } },
    'the watch a has an input other than one search',
  ],
  [
    'two inputs',
    { id: 'a', body: { trigger: {}, input: { search: {}, http: {} }, actions: {} } },
    'the watch a has an input other than one search',
  ],
  [
    'a section that Watcher lacks',
    { id: 'a', body: { trigger: {}, input: { search: {} }, script: {} } },
    'the watch a has the key "script"',
  ],
  [
    'a transform',
    { id: 'a', body: { input: search, transform: { script: 'return ctx' } } },
    'the watch a has the key "transform"',
  ],
  [
    'a request elsewhere',
    { id: 'a', body: { input: search, actions: { w: { webhook: { host: 'evil.example' } } } } },
    'the watch a has actions ("w") that are not',
  ],
  [
    'another log line',
    { id: 'a', body: { input: search, actions: { log: { logging: { text: '{{ctx}}' } } } } },
    'the watch a has actions ("log") that are not',
  ],
  [
    'a script in its search',
    { id: 'a', body: { input: searchOf({ query: { script: {} } }) } },
    'the watch a has the key "script" in its search',
  ],
  [
    'a template in its search',
    { id: 'a', body: { input: searchOf({ query: { x: '{{ctx}}' } }) } },
    'the watch a has a template in its search',
  ],
  [
    'lists in lists',
    { id: 'a', body: { input: searchOf({ query: nested(120) }) } },
    'the watch a is nested more than 100 deep',
  ],
  [
    'a key beyond its body',
    { id: 'a', body: { input: { search: {} } }, more: 1 },
    'the watch a has the key "more"',
  ],
])('a watch with %s is refused', async (_, watch, message) => {
  const other = createLab("{ kind: elasticsearch, url: 'http://127.0.0.1:9', retries: 0 }");
  await other.build('1.0.0', 1, firstRules);
  other.write('watches.ndjson', `${JSON.stringify(watch)}\n`);
  expect((await other.install(other.at('watches.ndjson'))).code).toContain(message);
});

describe('a zip', () => {
  const contents = async (
    files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
  ) => readZipMembers(await zip(files), (path) => path.endsWith('.json'));

  test('gives what is wanted of it', async () => {
    const found = await contents([
      { path: 'a/manifest.json', content: '{}' },
      { path: 'a/README.md', content: 'x'.repeat(1_000_000) },
    ]);
    expect([...unwrapped(found)].map(([path, bytes]) => [path, bytes.toString()])).toEqual([
      ['a/manifest.json', '{}'],
    ]);
  });

  test.each<
    [string, readonly { readonly path: string; readonly content: string | Uint8Array }[], string]
  >([
    [
      'an entry twice',
      ['1', '2'].map((content) => ({ path: 'a/manifest.json', content })),
      'the entry "a/manifest.json" is there twice',
    ],
    [
      'an entry that grows beyond all measure',
      [{ path: 'a/manifest.json', content: new Uint8Array(64 * 1024 * 1024) }],
      'which no archive of Sigpack of its size does',
    ],
  ])('with %s is refused', async (_, files, message) => {
    expect(await contents(files)).toEqual({ ok: false, error: expect.stringContaining(message) });
  });

  test('that leads out of itself, or is none, is refused', async () => {
    const bytes = await zip([{ path: 'aa/x.json', content: '{}' }]);
    const hostile = Buffer.from(
      bytes.toString('latin1').replaceAll('aa/x.json', '../x.json'),
      'latin1',
    );
    for (const archive of [hostile, Buffer.from('no zip')])
      expect(await readZipMembers(archive, () => true)).toEqual({
        ok: false,
        error: expect.any(String),
      });
  });
});
