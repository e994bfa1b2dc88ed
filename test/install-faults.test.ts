import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContentPack } from '../src/install/graylog/content-pack-model.ts';
import { readContentPack } from '../src/install/graylog/definitions.ts';
import { graylogTarget } from '../src/install/graylog/target.ts';
import { createClient } from '../src/install/server/client.ts';
import type { ServerConnection } from '../src/install/server/connection.ts';
import { createServerTexts } from '../src/install/server/server-text.ts';
import type { SplunkApp } from '../src/install/splunk/app-files.ts';
import { readSplunkApp } from '../src/install/splunk/read-app.ts';
import { splunkTarget } from '../src/install/splunk/target.ts';
import type { InstallTarget } from '../src/install/target.ts';
import { watcherTarget } from '../src/install/watcher/target.ts';
import { changedTarget } from './changed-target.ts';
import { connectionTo } from './fake/connection.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import {
  type FakeServer,
  type Fault,
  type Request,
  shortcutTo,
  startServer,
} from './fake/server.ts';
import { createFakeSplunk } from './fake/splunk.ts';
import { createFakeWatcher } from './fake/watcher.ts';
import { type IngestExample, ingestArtifact } from './ingest-artifact.ts';
import { createLab, firstRules, type Lab, removeLabs, secondRules } from './install-lab.ts';
import { said } from './said.ts';
import { thorough } from './thoroughness.ts';

afterAll(removeLabs);

const secret = 'SeCrEt-0123456789+/="';
/** At every request, or one of ten. */
const broken: readonly Fault[] = ['cut'];
/**
 * Each at one request of eighteen, so that the suite stays quick; `SIGPACK_FAULTS=all` has them at
 * every one.
 */
const others: readonly Fault[] = ['lost', 404, 500, 'half', 'endless', 401, 403, 409, 429];
const faultsAt = (n: number): readonly Fault[] => [
  ...broken.filter(() => thorough || n % 10 === 0),
  ...others.filter((_, index) => thorough || n % (2 * others.length) === index),
];

type Version = 'first' | 'second';

/** A server that is new each time, and what an install makes there. */
interface World {
  readonly handle: (request: Request) => ReturnType<Parameters<typeof startServer>[0]>;
  /** All that is on the server. */
  readonly all: () => unknown;
  /** A copy of it, and the way to have it there. */
  readonly save: () => Buffer;
  readonly restore: (saved: Buffer) => void;
  /** All that is on the server, without what differs from run to run. */
  readonly state: () => unknown;
  readonly target: (server: ServerConnection, version: Version) => InstallTarget<never>;
}

let lab: Lab;
/** What is installed of a version. */
interface Artifacts {
  readonly app: SplunkApp;
  readonly pack: ContentPack;
  /** One that tests at ingest. */
  readonly ingestPack: ContentPack;
}
/** Read once. */
let artifacts: Readonly<Record<Version, Artifacts>>;
/** Milliseconds for an answer that never ends; others have enough on a busy machine. */
const endlessTimeout = 50;
const texts = createServerTexts();
/** Requests come one after another, so that the same one is hit in each run. */
const connection = (url: string, more: Partial<ServerConnection> = {}): ServerConnection =>
  connectionTo(url, { pause: 1, texts, concurrency: 1, ...more });

type Maps = Readonly<Record<string, Map<string, unknown>>>;

/** Of servers that keep all in maps. */
const saving = (maps: Maps): Pick<World, 'all' | 'save' | 'restore'> => ({
  all: () => maps,
  save: () => serialize(maps),
  restore(saved) {
    for (const [name, map] of Object.entries(deserialize(saved) as Maps)) {
      maps[name]?.clear();
      for (const [key, value] of map) maps[name]?.set(key, value);
    }
  },
});

async function splunkWorld(): Promise<World> {
  const splunk = createFakeSplunk({ user: 'admin', password: secret, token: secret });
  return {
    handle: (request) => splunk.handle(request),
    ...saving({ apps: splunk.apps }),
    state: () =>
      [...splunk.apps].map(([id, { local, lookups, about, acl }]) => [
        id,
        plain(local),
        plain(lookups),
        plain(about),
        plain(acl),
      ]),
    target: (server, version) =>
      splunkTarget({
        server,
        login: { user: 'admin', secret },
        appId: 'acme',
        app: artifacts[version].app,
      }) as unknown as InstallTarget<never>,
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return value;
}

async function graylogWorld(): Promise<World> {
  const packId = artifacts.first.pack.id;
  const authorization = `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`;
  const graylog = createFakeGraylog(authorization);
  return {
    handle: (request) => graylog.handle(request),
    ...saving({
      packs: graylog.packs,
      installations: graylog.installations,
      definitions: graylog.definitions,
      extras: graylog.extras,
    }),
    // ids and how many packs of additions there were are the server's own
    state: () => [
      [...graylog.definitions.values()]
        .map(({ id: _, updated_at: __, notifications: ___, ...rest }) => JSON.stringify(rest))
        .sort(),
      [...graylog.extras.values()]
        .map(({ id: _, search: __, search_id: ___, ...rest }) => JSON.stringify(rest))
        .sort(),
      [...(graylog.packs.get(packId)?.keys() ?? [])],
      // begun and never ended
      [...graylog.packs].flatMap(([id, revisions]) =>
        [...revisions.keys()].filter(
          (revision) =>
            id !== packId &&
            !graylog.installations.get(id)?.some((one) => one.content_pack_revision === revision),
        ),
      ),
    ],
    target: (server, version) =>
      graylogTarget({
        server,
        login: { user: 'admin', secret },
        packId,
        pack: artifacts[version].pack,
        randomId: () => randomBytes(12).toString('hex'),
      }) as unknown as InstallTarget<never>,
  };
}

const example = (number: number, value: string): IngestExample => ({
  number,
  title: `Rule ${number}`,
  value,
});
/** Tested values of two versions whose packs test at ingest. */
const ingestExamples = {
  first: [example(1, 'a'), example(2, 'b'), example(3, 'c')],
  second: [example(1, 'other'), example(3, 'c'), example(4, 'd')],
};
const wholeVersions = ['', ...Object.values(ingestExamples).map(valuesOf)];
function valuesOf(examples: readonly { readonly value: string }[]): string {
  return examples
    .map(({ value }) => value)
    .sort()
    .join(' ');
}

async function ingestWorld(): Promise<World> {
  const authorization = `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`;
  const graylog = createFakeGraylog(authorization);
  const { rules, pipelines, connections, active } = graylog.pipelines;
  const packId = artifacts.first.ingestPack.id;
  /** Parts of a version that messages were tested by. */
  const parts = new Set<string>();
  const titleOf = new Map([...graylog.streams].map(([title, id]) => [id, title]));
  return {
    handle(request) {
      const reply = graylog.handle(request);
      const tested = active('000000000000000000000001')
        .filter((source) => !source.startsWith('pipeline'))
        .map((source) => ({ value: /^ {2}\("(.*?)" ==/m.exec(source)?.[1] ?? source }));
      if (!wholeVersions.includes(valuesOf(tested))) parts.add(valuesOf(tested));
      return reply;
    },
    ...saving({
      packs: graylog.packs,
      installations: graylog.installations,
      definitions: graylog.definitions,
      extras: graylog.extras,
      streams: graylog.streams,
      rules,
      pipelines,
      connections,
    }),
    state: () => [
      [...parts],
      ...[rules, pipelines].map((texts) => [...texts.values()].map(({ source }) => source).sort()),
      [...connections].map(([stream, ids]) => [
        titleOf.get(stream) ?? 'hits',
        ids.map((id) => pipelines.get(id)?.title ?? 'gone').sort(),
      ]),
      [...graylog.streams.keys()].sort(),
      [...graylog.definitions.values()].map(({ title, config }) => [
        title,
        (config as { readonly query: string }).query,
      ]),
      [...(graylog.packs.get(packId)?.keys() ?? [])],
    ],
    target: (server, version) =>
      graylogTarget({
        server: { ...server, sleep: () => Promise.resolve() },
        login: { user: 'admin', secret },
        packId,
        pack: artifacts[version].ingestPack,
        randomId: () => randomBytes(12).toString('hex'),
      }) as unknown as InstallTarget<never>,
  };
}

async function watcherWorld(): Promise<World> {
  const authorization = `ApiKey ${secret}`;
  const watcher = createFakeWatcher(authorization);
  const body = (text: string) => ({
    trigger: { schedule: { interval: '1m' } },
    input: { search: { text } },
    metadata: { title: text },
    throttle_period: '60s',
  });
  const watches = {
    first: ['a', 'b', 'c'].map((id) => ({ id, body: body(id) })),
    second: [
      ...['a', 'c'].map((id) => ({ id, body: body(`${id}2`) })),
      { id: 'd', body: body('d') },
    ],
  };
  return {
    handle: (request) => watcher.handle(request),
    ...saving({ watches: watcher.watches }),
    state: () =>
      [...watcher.watches]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, { body: there, active }]) => [
          id,
          active,
          { ...there, metadata: { ...(there.metadata as object), sigpack: undefined } },
        ]),
    target: (server, version) =>
      watcherTarget({
        server,
        login: { secret },
        packId: 'acme',
        version,
        watches: watches[version],
      }) as unknown as InstallTarget<never>,
  };
}

const run = (target: InstallTarget<never>) =>
  changedTarget(target, texts, { direction: 'install', verbose: true });

async function artifactsOf(
  number: 1 | 2,
  rules: readonly string[],
  examples: readonly IngestExample[],
): Promise<Artifacts> {
  const name = `1.${number}.0`;
  const folder = await lab.build(name, number, rules);
  const app = await readSplunkApp(readFileSync(join(folder, `acme-${name}.spl`)));
  const pack = readContentPack(readFileSync(join(folder, `acme-${name}-graylog.json`), 'utf8'));
  const ingestName = `2.${number}.0`;
  const ingestFolder = await lab.build(ingestName, number, firstRules.slice(0, 1));
  const path = ingestArtifact(ingestFolder, ingestName, examples);
  return { app, pack, ingestPack: readContentPack(readFileSync(path, 'utf8')) };
}

beforeAll(async () => {
  lab = createLab('{}');
  artifacts = {
    first: await artifactsOf(1, firstRules.slice(0, 2), ingestExamples.first),
    second: await artifactsOf(
      2,
      secondRules.filter((_, index) => index !== 1),
      ingestExamples.second,
    ),
  };
});

interface Undisturbed {
  readonly state: unknown;
  readonly requests: number;
  /** What was there before. */
  readonly saved: Buffer;
  /** Servers that a fault has left, by their digests, which a second run was seen to mend. */
  readonly mended: Set<string>;
}

/**
 * Of all that a test sees of a server. Ids that are made at random are numbered: a second run makes
 * the same of servers that differ by them alone.
 */
function digestOf(world: World): string {
  const numbers = new Map<string, number>();
  const text = JSON.stringify([world.all(), world.state()], (_, value: unknown) =>
    value instanceof Map || value instanceof Set ? [value.constructor.name, ...value] : value,
  ).replace(/\b[0-9a-f]{24}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `id ${number}`;
  });
  return createHash('sha256').update(text).digest('base64');
}

async function undisturbed(create: () => Promise<World>, before: boolean): Promise<Undisturbed> {
  const world = await create();
  const server = await startServer(world.handle);
  if (before) await run(world.target(connection(server.url), 'first'));
  const saved = world.save();
  const start = server.requests.length;
  const done = await run(world.target(connection(server.url), before ? 'second' : 'first'));
  expect(`${done.code} ${done.out}`).toMatch(/^0 /);
  await server.close();
  return {
    state: world.state(),
    requests: server.requests.length - start,
    saved,
    mended: new Set(),
  };
}

/** An install that a fault hits at one of its requests, and the one after it. */
async function hitBy(
  fault: Fault,
  n: number,
  create: () => Promise<World>,
  before: boolean,
  { state, saved, mended }: Undisturbed,
): Promise<void> {
  const world = await create();
  const server = await startServer(world.handle);
  world.restore(saved);
  // the rest of thousands of installs needs no network, which `undisturbed` goes through
  const send = shortcutTo(server, world.handle);
  server.faultAt = (number) => (number === n ? fault : undefined);
  const version = before ? 'second' : 'first';
  const install = (more: Partial<ServerConnection> = {}) =>
    run(world.target(connection(server.url, { send, ...more }), version));
  const hit = await install(
    fault === 'endless'
      ? // without the patience for a request that the server may need long for
        { send: (request) => send({ ...request, timeout: endlessTimeout }) }
      : {},
  );
  const { method, path } = server.requests[n] ?? { method: '', path: '' };
  const where = `${fault} at request ${n}, ${method} ${path}`;
  expect([0, 4], `${where}: ${hit.out}`).toContain(hit.code);
  if (hit.code === 4) expect(hit.out, where).toMatch(/(?:failed|sigpack): .+/);
  expect(hit.out, where).not.toContain(secret);
  expect(hit.out, where).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
  server.faultAt = () => undefined;
  const left = digestOf(world);
  if (!mended.has(left)) {
    const again = await install();
    expect(`${where}: ${again.code} ${again.code === 0 ? '' : again.out}`).toBe(`${where}: 0 `);
    expect(world.state(), where).toEqual(state);
    mended.add(left);
  }
  await server.close();
}

describe.each([
  ['Splunk', splunkWorld],
  ['Graylog', graylogWorld],
  ['Graylog at ingest', ingestWorld],
  ['Watcher', watcherWorld],
] as const)('%s', (_, create) => {
  test.each([
    ['a first install', false],
    ['an upgrade', true],
  ])(
    '%s: whatever goes wrong at any request, it is said, no secret is, and a second run mends it',
    async (__, before) => {
      const fine = await undisturbed(create, before);
      expect(fine.requests).toBeGreaterThan(3);
      for (let n = 0; n < fine.requests; n++)
        for (const fault of faultsAt(n)) await hitBy(fault, n, create, before, fine);
      expect(fine.mended.size).toBeGreaterThan(1);
    },
    thorough ? 1_800_000 : undefined,
  );
});

describe('retries', () => {
  const send = async (
    faultsInTurn: readonly (Fault | undefined)[],
    method: string,
    retries: number,
  ) => {
    const server = await startServer(() => ({ status: 200, body: '{"fine":true}' }));
    server.faultAt = (number) => faultsInTurn[number];
    const client = createClient({ ...connection(server.url), headers: {}, retries });
    const outcome = await client.send(method, '/x', method === 'GET' ? {} : { body: {} }).then(
      ({ status }) => String(status),
      (error: Error) => error.message.replace(/^[\d.:]+ /, ''),
    );
    await server.close();
    return [outcome, server.requests.length];
  };
  test.each<[string, readonly Fault[], string, number, readonly [string, number]]>([
    ['429, then fine', [429, 429], 'POST', 4, ['200', 3]],
    ['500 of what may be sent again', [500, 500], 'PUT', 4, ['200', 3]],
    [
      '500 of what may not',
      [500],
      'POST',
      4,
      [expect.stringContaining('POST /x: 500'), 1] as never,
    ],
    ['a broken connection', ['cut', 'half', 'lost'], 'GET', 4, ['200', 4]],
    [
      'a broken connection of what may not be sent again',
      ['lost'],
      'POST',
      4,
      [expect.stringContaining('the connection was cut'), 1] as never,
    ],
    [
      'always 429',
      [429, 429, 429],
      'GET',
      2,
      [expect.stringContaining('429, the server asks to wait, again and again'), 3] as never,
    ],
    [
      'never again',
      [403],
      'GET',
      4,
      [expect.stringContaining('403, the user may not do this'), 1] as never,
    ],
  ])('%s', async (_, inTurn, method, retries, outcome) => {
    expect(await send(inTurn, method, retries)).toEqual(outcome);
  });
});

describe('certificates', () => {
  let server: FakeServer;
  /** A certificate that vouches for itself. */
  function certify(key: string, certificate: string, name: string, of: string): void {
    const files = ['-keyout', key, '-out', certificate];
    const curve = ['-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${of}`];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', ...curve, '-nodes', '-days', '2', ...files, ...subject],
      { cwd: lab.folder, stdio: 'ignore' },
    );
  }
  beforeAll(async () => {
    certify('key.pem', 'cert.pem', 'lab', 'IP:127.0.0.1');
    certify('other-key.pem', 'other.pem', 'other', 'DNS:other.example.org');
    const watcher = createFakeWatcher(`ApiKey ${secret}`);
    server = await startServer((request) => watcher.handle(request), {
      key: lab.read('key.pem'),
      cert: lab.read('cert.pem'),
    });
    process.env.TLS_SECRET = secret;
    const file = `id: acme\ninstalls: { lab: { kind: elasticsearch, url: '${server.url}', secretEnv: TLS_SECRET, retries: 0 } }\n`;
    writeFileSync(lab.at('sigpack.yml'), file);
  });
  afterAll(() => server.close());

  test('one that nobody vouches for is refused, with the authority it is taken', async () => {
    const refused = await lab.status();
    expect(refused.code).toBe(4);
    expect(refused.out).toMatch(
      /its certificate cannot be trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\); give the authority that signed it as caFile/,
    );
    expect(server.requests).toHaveLength(0);
    const { status } = await import('../src/cli/install/status-command.ts');
    const config = lab.at('sigpack.yml');
    expect(
      (await said(() => status(undefined, { config, format: 'text', caFile: lab.at('cert.pem') })))
        .out,
    ).toBe('lab (elasticsearch): not installed\n');
    expect(
      (await said(() => status(undefined, { config, format: 'text', caFile: lab.at('other.pem') })))
        .code,
    ).toBe(4);
    expect(
      (
        await said(() =>
          status(undefined, { config, format: 'text', caFile: lab.at('sigpack.yml') }),
        )
      ).code,
    ).toMatch(/holds no certificate in PEM/);
  });

  test('one of another host is refused', async () => {
    const other = await startServer(() => ({ status: 200, body: '{}' }), {
      key: lab.read('other-key.pem'),
      cert: lab.read('other.pem'),
    });
    writeFileSync(
      lab.at('other.yml'),
      `id: acme\ninstalls: { lab: { kind: elasticsearch, url: '${other.url}', secretEnv: TLS_SECRET, caFile: other.pem, retries: 0 } }\n`,
    );
    const { status } = await import('../src/cli/install/status-command.ts');
    const { out } = await said(() =>
      status(undefined, { config: lab.at('other.yml'), format: 'text' }),
    );
    expect(out).toContain('its certificate cannot be trusted (ERR_TLS_CERT_ALTNAME_INVALID)');
    await other.close();
  });
});

describe('secrets', () => {
  const withPlace = (more: string): void =>
    writeFileSync(
      lab.at('sigpack.yml'),
      `id: acme\ninstalls: { lab: { kind: graylog, url: 'http://127.0.0.1:9/api', retries: 0${more} } }\n`,
    );
  test.each<[string, string, () => void, string]>([
    [
      'none',
      ', secretEnv: NOT_SET_AT_ALL',
      () => undefined,
      'lab needs a secret: set NOT_SET_AT_ALL, or name a secretFile in sigpack.yml',
    ],
    [
      'a file that is not there',
      ', secretEnv: NOT_SET_AT_ALL, secretFile: none',
      () => undefined,
      'the secretFile of lab is not there',
    ],
    [
      'a file that others can read',
      ', secretEnv: NOT_SET_AT_ALL, secretFile: secret',
      () => chmodSync(lab.at('secret'), 0o640),
      'the secretFile of lab can be read by others; chmod 600 it',
    ],
    [
      'a file of two lines',
      ', secretEnv: NOT_SET_AT_ALL, secretFile: lines',
      () => undefined,
      'the secretFile of lab has more than one line',
    ],
    [
      'an empty file',
      ', secretEnv: NOT_SET_AT_ALL, secretFile: empty',
      () => undefined,
      'the secretFile of lab is empty',
    ],
  ])('%s', async (_, more, prepare, message) => {
    for (const [name, text] of [
      ['secret', 'x'],
      ['lines', 'a\nb\n'],
      ['empty', ''],
    ] as const) {
      writeFileSync(lab.at(name), text, { mode: 0o600 });
      chmodSync(lab.at(name), 0o600);
    }
    withPlace(more);
    prepare();
    expect((await lab.status()).code).toBe(`usage: ${message}`);
  });

  test('one of a file with mode 600 is taken; nothing listens', async () => {
    writeFileSync(lab.at('secret'), `${secret}\n`, { mode: 0o600 });
    chmodSync(lab.at('secret'), 0o600);
    withPlace(', secretEnv: NOT_SET_AT_ALL, secretFile: secret');
    const { code, out } = await lab.status();
    expect(code).toBe(4);
    expect(out).toBe('lab (graylog): 127.0.0.1:9: GET /: nothing listens there\n');
  });
});

test.each([
  ['a line break', 'a\nb', 'LAB_SECRET, the secret of lab, has more than one line'],
  ['a control character', 'a\u0000b', 'LAB_SECRET, the secret of lab, has a control character'],
  ['an escape', 'a\u001bb', 'LAB_SECRET, the secret of lab, has a control character'],
  [
    'a character that no header can have',
    'a€b',
    'the secret holds a character that cannot be sent',
  ],
])('a secret with %s is wrong use, and is not shown', async (_, value, message) => {
  // an environment holds no zero byte
  const { readSecret } = await import('../src/cli/install/http/secret.ts');
  if (value.includes('\0'))
    expect(() =>
      readSecret({ name: 'lab', prefix: '', secretEnv: 'LAB_SECRET' }, { LAB_SECRET: value }),
    ).toThrow(message);
  else {
    process.env.LAB_SECRET = value;
    for (const kind of ['splunk', 'elasticsearch']) {
      writeFileSync(
        lab.at('sigpack.yml'),
        `id: acme\ninstalls: { lab: { kind: ${kind}, url: 'http://127.0.0.1:9', retries: 0, secretEnv: LAB_SECRET } }\n`,
      );
      const { code, out } = await lab.status();
      expect(code).toContain(`usage: ${message}`);
      expect(code + out).not.toContain(value);
    }
  }
});

test('the line break that a file of secrets ends with is not a part of one', async () => {
  process.env.LAB_SECRET = `${secret}\n`;
  writeFileSync(
    lab.at('sigpack.yml'),
    `id: acme\ninstalls: { lab: { kind: elasticsearch, url: 'http://127.0.0.1:9', retries: 0, secretEnv: LAB_SECRET } }\n`,
  );
  expect((await lab.status()).out).toContain('nothing listens there');
});

test.each(['http://[', 'https://a:99999', 'http://%zz', 'http://:80'])(
  'the address %s is wrong use',
  async (url) => {
    process.env.LAB_SECRET = secret;
    for (const kind of ['graylog', 'splunk', 'elasticsearch']) {
      writeFileSync(
        lab.at('sigpack.yml'),
        `id: acme\ninstalls: { lab: { kind: ${kind}, url: '${url}', retries: 0, secretEnv: LAB_SECRET } }\n`,
      );
      const { code } = await lab.status();
      expect(code).toBe(`usage: the url of lab is not an address: ${JSON.stringify(url)}`);
    }
  },
);
