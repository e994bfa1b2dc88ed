import { afterAll, describe, expect, test } from 'vitest';
import {
  applyPlan,
  graylogTarget,
  type HttpResponse,
  InstallError,
  type NoResponse,
  planInstall,
  planRollback,
  readWatches,
  type SendRequest,
  watcherTarget,
} from '../src/index.ts';
import { createClient } from '../src/install/server/client.ts';
import { failed, ok, type Result } from '../src/source/result.ts';
import { connectionTo } from './fake/connection.ts';
import { startServer } from './fake/server.ts';
import { createFakeWatcher } from './fake/watcher.ts';
import { watchBody } from './install-lab.ts';

const key = 'library-key-0123456789';
const watcher = createFakeWatcher(`ApiKey ${key}`);
const server = await startServer((request) => watcher.handle(request));
afterAll(() => server.close());

/** As JavaScript gives it, whatever the type says. */
const unset = process.env.SIGPACK_TEST_UNSET as string;

const targetOf = (version: string, ids: readonly string[]) =>
  watcherTarget({
    server: connectionTo(server.url),
    login: { secret: key },
    packId: 'acme',
    version,
    watches: readWatches(
      JSON.stringify(ids.map((id) => ({ id, body: watchBody(`${id} ${version}`, id) }))),
    ),
  });

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof InstallError ? [error.kind, error.message] : error),
  );

const given = { server: connectionTo(server.url), randomId: () => '0'.repeat(24) };

test.each([
  [
    'an id of sigpack.yml',
    () => graylogTarget({ ...given, login: { secret: key }, packId: 'acme' }),
    '"acme" is not the id of a content pack, which is a UUID',
  ],
  [
    'no secret',
    () => graylogTarget({ ...given, login: { secret: '' }, packId: crypto.randomUUID() }),
    'the secret of the server is empty',
  ],
  [
    'what an environment variable lacks',
    () => watcherTarget({ ...given, login: { secret: unset }, packId: 'acme', version: '1.0.0' }),
    'the secret of the server is empty',
  ],
])('a target is refused for %s', (_, make, message) => {
  expect(make).toThrow(expect.objectContaining({ kind: 'input', message }));
});

// each test goes on from where the one before has come to
describe('a program', { shuffle: false }, () => {
  test('cannot go back where nothing is installed', async () => {
    const target = targetOf('1.0.0', ['a']);
    expect(await errorOf(planRollback(target, { to: 'lab' }))).toEqual([
      'input',
      'nothing is installed there',
    ]);
  });

  test('takes over what is there only where it says so', async () => {
    watcher.watches.set('a', { body: watchBody('theirs'), active: true });
    const target = targetOf('1.0.0', ['a', 'b']);
    expect(await errorOf(planInstall(target, { to: 'lab' }))).toEqual([
      'input',
      'a watch a is there that Sigpack did not install; `adopt` takes its place',
    ]);
    const { plan } = await planInstall(target, { to: 'lab', adopt: true });
    expect(plan.adopts).toMatch(/^a watch a is there/);
    watcher.watches.clear();
  });

  test('plans, applies and reports each step, and goes back', async () => {
    const steps: string[] = [];
    for (const [version, ids] of [
      ['1.0.0', ['a', 'b']],
      ['1.1.0', ['a', 'c']],
    ] as const) {
      const target = targetOf(version, ids);
      const planned = await planInstall(target, { to: 'lab' });
      expect(planned.isDone).toBe(false);
      await applyPlan(target, planned, (done, total, label) =>
        steps.push(`${done}/${total} ${label}`),
      );
      expect((await planInstall(target, { to: 'lab' })).isDone).toBe(true);
    }
    expect(steps).toEqual([
      '1/2 writing watches',
      '2/2 writing watches',
      '1/3 writing watches',
      '2/3 writing watches',
      '3/3 switching watches off',
    ]);
    const target = targetOf('1.1.0', []);
    const back = await planRollback(target, { to: 'lab' });
    expect(back.plan.pack).toMatchObject({ from: '1.1.0', version: '1.0.0' });
    await applyPlan(target, back);
    expect((await target.installed()).version).toBe('1.0.0');
  });

  test('keeps what someone changed, or not', async () => {
    const [first] = watcher.watches.values();
    if (first) first.body = { ...first.body, throttle_period_in_millis: 1000 };
    const target = targetOf('1.0.0', ['a', 'b']);
    const changed = async (onDrift: 'keep' | 'overwrite') =>
      (await planInstall(target, { to: 'lab', onDrift })).plan.objects.map(({ verb }) => verb);
    expect(await changed('keep')).toEqual([]);
    expect(await changed('overwrite')).toEqual(['change']);
  });
});

describe('a connection', () => {
  type Outcome = Result<HttpResponse, NoResponse>;

  /** What becomes of a request where these are the outcomes, and the pauses before other tries. */
  async function outcomeOf(method: string, ...outcomes: readonly Outcome[]): Promise<unknown> {
    const pauses: number[] = [];
    let tries = 0;
    const send: SendRequest = async () =>
      outcomes[Math.min(tries++, outcomes.length - 1)] as Outcome;
    const client = createClient({
      url: 'https://lab.example',
      send,
      sleep: async (milliseconds) => {
        pauses.push(milliseconds);
      },
      headers: { authorization: `Bearer ${key}` },
    });
    const answer = await client.send(method, '/x?y=1').then(
      ({ status }) => status,
      (error: Error) => error.message,
    );
    return [answer, pauses];
  }

  test('waits longer before each try, and as long as it is asked to', async () => {
    expect(await outcomeOf('GET', failed({ reason: 'gone', isSent: true }))).toEqual([
      'lab.example: GET /x: gone',
      [500, 1000, 2000, 4000],
    ]);
    expect(
      await outcomeOf(
        'POST',
        ok({ status: 429, text: '', retryAfter: '7' }),
        ok({ status: 503, text: '', retryAfter: 'Fri, 31 Dec 1999 23:59:59 GMT' }),
        ok({ status: 200, text: '' }),
      ),
    ).toEqual([200, [7000, 1000]]);
  });

  test('sends nothing twice that may have been done, and nothing that is refused for good', async () => {
    expect(await outcomeOf('POST', failed({ reason: 'cut', isSent: true }))).toEqual([
      'lab.example: POST /x: cut',
      [],
    ]);
    expect(
      await outcomeOf('GET', failed({ reason: 'no', isSent: false, isFinal: true, hint: 'ask' })),
    ).toEqual(['lab.example: GET /x: no; ask', []]);
  });

  test('leaves its secret out of errors without being asked', async () => {
    expect(await outcomeOf('GET', ok({ status: 400, text: `no ${key}` }))).toEqual([
      'lab.example: GET /x: 400 (no ***)',
      [],
    ]);
  });

  test.each([
    ['an address that is none', { url: 'lab' }, '"lab" is not the address of a server'],
    [
      'a secret that cannot be sent',
      { headers: { authorization: 'a\nb' } },
      'the secret holds a character that cannot be sent',
    ],
  ])('with %s is refused', (_, more, message) => {
    const connection = connectionTo('https://lab.example');
    expect(() => createClient({ ...connection, headers: {}, ...more })).toThrow(message);
  });
});
