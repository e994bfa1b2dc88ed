import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFakeGraylog } from './fake/graylog.ts';
import { json, type Reply, type Request, startServer } from './fake/server.ts';
import { createFakeSplunk } from './fake/splunk.ts';
import { createFakeWatcher } from './fake/watcher.ts';
import { createLab, firstRules, type Lab, removeLabs, watchBody } from './install-lab.ts';

afterAll(removeLabs);
beforeAll(() => {
  process.env.LIST_SECRET = 'list-secret-0123456789';
});

const secret = 'list-secret-0123456789';
const basic = `Basic ${Buffer.from(`${secret}:token`).toString('base64')}`;

/**
 * What an install into a server says that answers some paths otherwise, and how many requests it
 * took.
 */
async function installInto(
  kind: string,
  handle: (request: Request) => Reply | Promise<Reply>,
  lie: (request: Request) => Reply | undefined,
  artifactOf: (lab: Lab, folder: string) => string = (_, folder) => folder,
): Promise<{ readonly said: string; readonly requests: number }> {
  const server = await startServer((request) => lie(request) ?? handle(request));
  const lab = createLab(
    `{ kind: ${kind}, url: '${server.url}${kind === 'graylog' ? '/api' : ''}', secretEnv: LIST_SECRET, retries: 0 }`,
  );
  const { code, out } = await lab.install(artifactOf(lab, await lab.build('1.0.0', 1, firstRules)));
  await server.close();
  return { said: `${code} ${out}`, requests: server.requests.length };
}

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const raw = (body: string): Reply => ({ status: 200, body });
const definition = (id: number) => ({ id: `id-${id}`, title: `${id}` });
const pageOf = ({ query }: Request) => Number(query.get('page'));

describe('Graylog', () => {
  const into = (path: RegExp, lie: (request: Request) => Reply) =>
    installInto('graylog', createFakeGraylog(basic).handle, (request) =>
      path.test(request.path) ? lie(request) : undefined,
    );
  const definitions = /\/events\/definitions$/;

  test.each<[string, (request: Request) => Reply, string, number]>([
    [
      'repeats one id for ever',
      () => json(200, { total: 1000, event_definitions: [definition(1)] }),
      'has 1000 event definitions, of which it lists 1',
      8,
    ],
    [
      'repeats one page for ever',
      () =>
        json(200, {
          total: 1e9,
          event_definitions: Array.from({ length: 500 }, (_, index) => definition(index)),
        }),
      'of which it lists 500',
      8,
    ],
    [
      'says less than there is',
      ({ query }) =>
        json(200, {
          total: 0,
          event_definitions: Array.from({ length: 500 }, (_, index) =>
            definition(index + 500 * Number(query.get('page'))),
          ),
        }),
      'lists more than 100000 event definitions',
      220,
    ],
    [
      'always has another page',
      (request) =>
        json(200, {
          total: pageOf(request) * 500 + 1,
          event_definitions: Array.from({ length: 500 }, (_, index) =>
            definition(index + 500 * pageOf(request)),
          ),
        }),
      'its list does not end',
      220,
    ],
    [
      'says a total that is none',
      () => json(200, { total: '9', event_definitions: [] }),
      'something else than its event definitions',
      8,
    ],
    [
      'lists what is none',
      () => json(200, { total: 1, event_definitions: [null] }),
      'something else than its event definitions',
      8,
    ],
    [
      'answers deeper than any server',
      () => raw(`{"total":1,"event_definitions":[${deep(100_000)}]}`),
      'something else than its event definitions',
      8,
    ],
  ])('that %s', async (_, lie, message, most) => {
    const { said, requests } = await into(definitions, lie);
    expect(said).toMatch(/^4 /);
    expect(said).toContain(message);
    expect(requests).toBeLessThan(most);
  });

  test('whose page is just full is asked for one more', async () => {
    const all = Array.from({ length: 500 }, (_, index) => definition(index));
    const graylog = createFakeGraylog(basic);
    let asked = 0;
    const { said } = await installInto('graylog', graylog.handle, (request) => {
      if (
        !definitions.test(request.path) ||
        request.method !== 'GET' ||
        graylog.definitions.size > 0
      )
        return undefined;
      asked++;
      return json(200, { total: 500, event_definitions: pageOf(request) === 1 ? all : [] });
    });
    expect(said).toMatch(/^0 /);
    expect(asked).toBeGreaterThan(1);
  });

  test.each<[string, RegExp, unknown, string]>([
    [
      'revisions without end',
      /content_packs\/[^/]+$/,
      {
        content_pack_revisions: Object.fromEntries(
          Array.from({ length: 100_001 }, (_, index) => [index, { entities: [] }]),
        ),
      },
      'the revisions of a content pack',
    ],
    [
      'revisions that are none',
      /content_packs\/[^/]+$/,
      { content_pack_revisions: { 1: null } },
      'the revisions of a content pack',
    ],
    [
      'installations that are none',
      /content_packs\/[^/]+\/installations$/,
      { installations: [{}] },
      'the installations of a content pack',
    ],
    ['streams that are none', /\/streams$/, { streams: [1] }, 'its streams'],
  ])('with %s', async (_, path, answer, message) => {
    const { said, requests } = await into(path, () => json(200, answer));
    expect(said).toMatch(/^4 /);
    expect(said).toContain(`the server answers with something else than ${message}`);
    expect(requests).toBeLessThan(12);
  });
});

describe('Splunk', () => {
  const into = (lie: (request: Request) => Reply | undefined) =>
    installInto(
      'splunk',
      createFakeSplunk({ user: 'x', password: 'x', token: secret }).handle,
      lie,
    );
  test.each<[string, unknown, string]>([
    [
      'a page in place of all',
      {
        entry: Array.from({ length: 30 }, (_, index) => ({ name: `a${index}` })),
        paging: { total: 31, perPage: 30, offset: 0 },
      },
      'Splunk has 31 entries, of which it lists 30',
    ],
    ['entries that are none', { entry: [{}] }, 'the answer is not that of Splunk'],
    [
      'entries with nothing in them',
      { entry: [{ name: 'acme', content: 1 }] },
      'the answer is not that of Splunk',
    ],
    [
      'entries without end',
      { entry: Array.from({ length: 100_001 }, () => ({ name: 'a' })) },
      'the answer is not that of Splunk',
    ],
  ])('with %s', async (_, answer, message) => {
    const { said, requests } = await into(({ path }) =>
      path === '/services/apps/local' ? json(200, answer) : undefined,
    );
    expect(said).toMatch(/^4 /);
    expect(said).toContain(message);
    expect(requests).toBe(1);
  });
});

describe('Elasticsearch', () => {
  const into = (answer: unknown) =>
    installInto(
      'elasticsearch',
      createFakeWatcher(`ApiKey ${secret}`).handle,
      ({ path }) => (path === '/_watcher/_query/watches' ? json(200, answer) : undefined),
      (lab) => {
        writeFileSync(lab.at('w.ndjson'), `${JSON.stringify({ id: 'a', body: watchBody() })}\n`);
        return lab.at('w.ndjson');
      },
    );
  const watches = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ _id: `w${index}`, watch: {} }));
  test.each<[string, unknown, string]>([
    [
      'more than it lists',
      { count: 3, watches: watches(2) },
      'the server has 3 watches, of which it lists 2',
    ],
    [
      'as many as a list may have',
      { count: 10, watches: watches(10_000) },
      'the server has 10 watches, of which it lists 10000',
    ],
    ['no count', { watches: watches(1) }, 'the answer is not that of Watcher'],
    [
      'a count that is none',
      { count: 'many', watches: watches(1) },
      'the answer is not that of Watcher',
    ],
    [
      'watches that are none',
      { count: 1, watches: [{ _id: 1 }] },
      'the answer is not that of Watcher',
    ],
  ])('with %s', async (_, answer, message) => {
    const { said, requests } = await into(answer);
    expect(said).toMatch(/^4 /);
    expect(said).toContain(message);
    expect(requests).toBe(1);
  });
});
