import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readContentPack } from '../src/install/graylog/definitions.ts';
import { graylogTarget } from '../src/install/graylog/target.ts';
import { packed } from '../src/install/packed-json.ts';
import { createServerTexts } from '../src/install/server/server-text.ts';
import { splunkTarget } from '../src/install/splunk/target.ts';
import type { InstallTarget } from '../src/install/target.ts';
import { watcherTarget } from '../src/install/watcher/target.ts';
import { changedTarget } from './changed-target.ts';
import { connectionTo } from './fake/connection.ts';
import { createFakeGraylog } from './fake/graylog.ts';
import {
  type FakeServer,
  json,
  type Reply,
  type Request,
  shortcutTo,
  startServer,
} from './fake/server.ts';
import { createFakeSplunk } from './fake/splunk.ts';
import { createFakeWatcher } from './fake/watcher.ts';
import {
  createLab,
  firstRules,
  type Lab,
  removeLabs,
  secondRules,
  watchBody,
} from './install-lab.ts';
import { thorough } from './thoroughness.ts';

afterAll(removeLabs);

const secret = 'shape-secret-0123456789';
process.env.SHAPE_SECRET = secret;
let server: FakeServer | undefined;
afterEach(() => server?.close());

type Handle = (request: Request) => Reply | Promise<Reply>;
const placeAt = (kind: string, url: string): string =>
  `{ kind: ${kind}, url: '${url}', secretEnv: SHAPE_SECRET, retries: 0 }`;

/** A lab of a server whose answers `respond` may change. */
async function labOf(kind: string, respond: Handle): Promise<Lab> {
  server = await startServer(respond);
  return createLab(placeAt(kind, kind === 'graylog' ? `${server.url}/api` : server.url));
}

const watchesOf = (lab: Lab, interval: string): string => {
  const body = { ...watchBody('x', 'One'), trigger: { schedule: { interval } } };
  writeFileSync(lab.at('watches.ndjson'), `${JSON.stringify({ id: 'a', body })}\n`);
  return lab.at('watches.ndjson');
};

/** An object that is no text, and a text that is no part of a URL, among them. */
const others: readonly unknown[] = [{ a: 1, toString: 1 }, [1], null, 7, 'x\ud800'];

/**
 * Every place in a JSON value, as a copy with something else there; of a list the first two items:
 * the others have the same shape.
 */
function* changed(value: unknown): Generator<unknown> {
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value).slice(0, Array.isArray(value) ? 2 : undefined))
      for (const other of changed(inner))
        yield Array.isArray(value)
          ? value.map((one, at) => (String(at) === key ? other : one))
          : { ...value, [key]: other };
  yield* others;
}

const texts = createServerTexts();
texts.keep(secret);

/** What is installed of a pack, by requests that need no network. */
function targetOf(kind: string, packId: string, handle: Handle): InstallTarget<never> {
  if (!server) throw new Error('no server was started');
  const connection = connectionTo(kind === 'graylog' ? `${server.url}/api` : server.url, {
    texts,
    send: shortcutTo(server, handle),
  });
  const login = { secret };
  const target = {
    splunk: () => splunkTarget({ server: connection, login, appId: 'acme' }),
    graylog: () => graylogTarget({ server: connection, login, packId, randomId: () => '0' }),
    elasticsearch: () =>
      watcherTarget({ server: connection, login, packId: 'acme', version: '1.1.0' }),
  }[kind];
  return target?.() as unknown as InstallTarget<never>;
}

const packIdIn = (lab: Lab): string =>
  readContentPack(lab.read('packs/1.1.0/acme-1.1.0-graylog.json')).id;

const nameOf = ({ method, path, query }: Request): string => `${method} ${path}?${query}`;

test.each<[string, () => Handle]>([
  ['splunk', () => createFakeSplunk({ user: 'jane', password: 'none', token: secret }).handle],
  [
    'graylog',
    () => createFakeGraylog(`Basic ${Buffer.from(`${secret}:token`).toString('base64')}`).handle,
  ],
  ['elasticsearch', () => createFakeWatcher(`ApiKey ${secret}`).handle],
])(
  'whatever shape an answer of %s has, it is an error of the server or none',
  async (kind, create) => {
    const handle = create();
    let respond = handle;
    const lab = await labOf(kind, (request) => respond(request));
    const artifactOf = async (
      version: string,
      revision: number,
      rules: readonly string[],
    ): Promise<string> => {
      const folder = await lab.build(version, revision, rules.slice(0, 1));
      return kind === 'elasticsearch' ? watchesOf(lab, `${revision}m`) : folder;
    };
    for (const [version, revision, rules] of [
      ['1.0.0', 1, firstRules],
      ['1.1.0', 2, secondRules],
    ] as const)
      expect(await lab.install(await artifactOf(version, revision, rules))).toMatchObject({
        code: 0,
      });
    const answers: { readonly asked: string; readonly reply: Reply }[] = [];
    respond = async (request) => {
      const reply = await handle(request);
      answers.push({ asked: nameOf(request), reply });
      return reply;
    };
    expect((await lab.rollback({ plan: true })).code).toBe(0);
    const packId = packIdIn(lab);
    for (const [at, { asked, reply }] of answers.entries()) {
      const { body, status } = reply;
      const before = answers.slice(0, at).filter((one) => one.asked === asked).length;
      const bodies = [...changed(JSON.parse(body))];
      // a dashboard alone has thousands of places
      const every = Math.ceil(bodies.length / (thorough ? 400 : 5));
      for (const value of bodies.filter((_, index) => index % every === (index % 7) % every)) {
        let count = 0;
        respond = (request) =>
          nameOf(request) === asked && count++ === before ? json(status, value) : handle(request);
        // one of each by the network, and by the command with its configuration
        const { code, out } =
          value === bodies[0]
            ? await lab.rollback({ plan: true })
            : await changedTarget(
                targetOf(kind, packId, (request) => respond(request)),
                texts,
                { direction: 'rollback', plan: true, verbose: false },
              );
        expect(`${code} ${out}`, JSON.stringify(value).slice(0, 2000)).toMatch(/^(?:0|4|usage:) /);
        expect(count).toBeGreaterThan(before);
      }
    }
  },
  900_000,
);

const mark = { pack: 'acme', version: '1', digest: 'd', written: '' };
const deep = gzipSync(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`).toString('base64');
const pack = { id: 'p', rev: 1, name: 'n', summary: 's', parameters: [], entities: [] };

describe('what Sigpack wrote there and someone changed', () => {
  test.each<[string, object, RegExp]>([
    [
      'a version that is none',
      { ...mark, version: { a: 1 } },
      /something else than Sigpack wrote of the watch w/,
    ],
    [
      'a version before with a text in place of its watch',
      { ...mark, before: packed({ version: '0', digest: 'd', body: 'str' }) },
      /of what was before the watch w/,
    ],
    [
      'a version before that names no version',
      { ...mark, before: packed({ version: 7, digest: 'd', body: null }) },
      /of what was before the watch w/,
    ],
    ['a watch of 20,000 objects in one another', { ...mark, written: deep }, /^0 /],
  ])('a watch with %s', async (_, sigpack, message) => {
    const lab = await labOf('elasticsearch', () =>
      json(200, { count: 1, watches: [{ _id: 'w', watch: { metadata: { sigpack } } }] }),
    );
    await lab.build('1.0.0', 1, firstRules.slice(0, 1));
    const { code, out } = await lab.status();
    expect(`${code} ${out}`).toMatch(message);
    expect(code).toBe(message.source === '^0 ' ? 0 : 4);
  });

  test.each<[string, object]>([
    ['no parameters', { ...pack, parameters: undefined }],
    ['a parameter without a name', { ...pack, parameters: [{ type: 'string' }] }],
    ['another number than its own', { ...pack, rev: 'x' }],
    ['no summary', { ...pack, summary: undefined }],
  ])('a revision with %s', async (_, revision) => {
    const entity = { id: 'i', type: { name: 'event_definition' }, content_pack_entity_id: 'e' };
    const lab = await labOf('graylog', ({ path }) => {
      if (path === '/api/') return json(200, { version: '6.3.7' });
      if (path.endsWith('/installations'))
        return json(200, {
          installations: [{ _id: 'x', content_pack_revision: 1, entities: [entity] }],
        });
      if (path.includes('content_packs'))
        return json(200, { content_pack_revisions: { 1: revision } });
      return json(200, { event_definitions: [], total: 0, streams: [] });
    });
    await lab.build('1.0.0', 1, firstRules.slice(0, 1));
    const { code, out } = await lab.status();
    expect(`${code} ${out}`).toMatch(/^4 .*something else than the revisions of a content pack/);
  });
});
