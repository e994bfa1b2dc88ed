import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from '../src/cli/command/convert/run.ts';
import { type FakeServer, startServer } from './fake/server.ts';
import { createFakeWatcher, type FakeWatcher } from './fake/watcher.ts';
import {
  createLab,
  firstRules,
  type Lab,
  removeLabs,
  secondRules,
  watchBody,
} from './install-lab.ts';
import { said } from './said.ts';

afterAll(removeLabs);

const key = 'elastic-api-key-0123456789';
let lab: Lab;
let watcher: FakeWatcher;
let server: FakeServer;
const ids = (): string[] =>
  [...watcher.watches].filter(([, { active }]) => active).map(([id]) => id.slice(-1));
const query = (number: number): string =>
  JSON.stringify(watcher.watches.get(`00000000-0000-4000-8000-00000000000${number}`)?.body.input);

async function watches(version: string, rules: readonly string[]): Promise<string> {
  await lab.build(version, 1, rules);
  const output = lab.at(`${version}.ndjson`);
  const done = await said(() =>
    convert([lab.at('rules')], {
      target: ['xpack-watcher'],
      format: 'ndjson',
      output,
      config: lab.at('sigpack.yml'),
      verbose: false,
    }),
  );
  expect(done.code).toBe(0);
  return output;
}

beforeAll(async () => {
  process.env.WATCHER_KEY = key;
  watcher = createFakeWatcher(`ApiKey ${key}`);
  server = await startServer((request) => watcher.handle(request));
  lab = createLab(
    `{ kind: elasticsearch, url: '${server.url}', secretEnv: WATCHER_KEY, retries: 0 }`,
  );
});
afterAll(() => server.close());

test('watches are put, once; changed, kept, switched off, and brought back', async () => {
  const first = await watches('1.0.0', firstRules);
  expect((await lab.status()).out).toBe('lab (elasticsearch): not installed\n');
  const done = await lab.install(first);
  expect(`${done.code} ${done.out}`).toMatch(
    /^0 lab: watches of acme, nothing → 1\.0\.0\n {2}\+ watch "First"\n/,
  );
  expect(ids()).toEqual(['1', '2', '3']);
  expect((await lab.install(first)).out).toBe('lab has 1.0.0 already; nothing to do\n');
  // an admin's own watch is not ours
  watcher.watches.set('own', { body: { trigger: {}, metadata: {} }, active: true });

  const third = watcher.watches.get('00000000-0000-4000-8000-000000000003');
  if (third) third.body.trigger = { schedule: { interval: '7m' } };
  const drifted = await lab.status();
  expect(drifted).toMatchObject({
    code: 1,
    out: expect.stringContaining(
      '! watch "Third" was changed in place\n      trigger.schedule.interval: [-300s-]{+7m+}\n',
    ),
  });

  // one that an admin switched off stays off
  const firstWatch = watcher.watches.get('00000000-0000-4000-8000-000000000001');
  if (firstWatch) firstWatch.active = false;
  expect((await lab.status()).out).toContain(
    '! watch "First" was changed in place\n      disabled: [-false-]{+true+}\n',
  );

  const second = await watches('1.1.0', secondRules);
  const upgraded = await lab.install(second);
  expect(`${upgraded.code} ${upgraded.out}`).toMatch(/^0 /);
  expect(upgraded.out).toContain('  o watch "Second"\n');
  expect(ids().sort()).toEqual(['3', '4', 'n']);
  expect(query(1)).toContain('other.exe');
  expect(
    JSON.stringify(watcher.watches.get('00000000-0000-4000-8000-000000000003')?.body.trigger),
  ).toContain('7m');
  expect((await lab.install(second)).out).toContain('nothing to do');
  expect((await lab.status()).out).toContain('1.1.0, before it 1.0.0');
  expect((await lab.install(second, { drift: 'overwrite' })).code).toBe(0);
  expect(
    JSON.stringify(watcher.watches.get('00000000-0000-4000-8000-000000000003')?.body.trigger),
  ).not.toContain('7m');

  const back = await lab.rollback();
  expect(`${back.code} ${back.out}`).toMatch(/^0 lab: watches of acme, 1\.1\.0 → 1\.0\.0\n/);
  expect(ids().sort()).toEqual(['1', '2', '3', 'n']);
  expect(query(1)).toContain('a.exe');

  await lab.install(second);
  const fourth = await watches('1.2.0', secondRules.slice(1));
  const gone = await lab.install(fourth);
  expect(gone.out).toContain('  - watch "Second"\n');
  expect(gone.out).toContain('  o watch "First"\n');
  expect((await lab.uninstall()).out).toMatch(
    /^lab: watches of acme, .* → nothing\n(?: {2}- .*\n){3}removed acme from lab: 3 watches\n$/,
  );
  expect([...watcher.watches.keys()]).toEqual(['own']);
});

test.each([
  ['no JSON', 'x', 'the file is neither JSON lines nor a JSON array'],
  ['no watch', '{"id":"a"}', 'watch 1 is not one that sigpack convert'],
  [
    'an id that leads elsewhere',
    '{"id":"../x","body":{}}',
    'watch 1 is not one that sigpack convert',
  ],
  [
    'one id twice',
    `${JSON.stringify({ id: 'a', body: watchBody() })}\n`.repeat(2),
    'two watches have the id a',
  ],
])('%s is not an artifact', async (_, text, message) => {
  await watches('1.0.0', firstRules);
  lab.write('broken.ndjson', text);
  expect((await lab.install(lab.at('broken.ndjson'))).code).toContain(message);
});

test('actions are those of sigpack.yml', async () => {
  const actions = (to: string) =>
    `elasticsearch: { actions: { mail: { email: { to: ${to} } } } }\n`;
  lab = createLab(
    `{ kind: elasticsearch, url: '${server.url}', secretEnv: WATCHER_KEY, retries: 0 }`,
    actions('soc@example.org'),
  );
  const file = await watches('1.0.0', firstRules);
  expect((await lab.install(file, { plan: true })).code).toBe(0);
  lab.write(
    'sigpack.yml',
    lab.read('sigpack.yml').replace(actions('soc@example.org'), actions('other@example.org')),
  );
  expect((await lab.install(file, { plan: true })).code).toContain(
    'has actions ("mail") that are not those of elasticsearch.actions in sigpack.yml',
  );
});
