import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFakeGraylog, type FakeGraylog } from './fake/graylog.ts';
import { type FakeServer, startServer } from './fake/server.ts';
import { createLab, firstRules, type Lab, removeLabs, secondRules } from './install-lab.ts';

type Json = Readonly<Record<string, unknown>>;

afterAll(removeLabs);

const token = 'graylog-token-0123456789';
let graylog: FakeGraylog;
let server: FakeServer;
beforeAll(async () => {
  process.env.GRAYLOG_TOKEN = token;
  graylog = createFakeGraylog(`Basic ${Buffer.from(`${token}:token`).toString('base64')}`);
  server = await startServer((request) => graylog.handle(request));
});
afterAll(() => server.close());

const lab = (more = '', config = ''): Lab =>
  createLab(
    `{ kind: graylog, url: '${server.url}/api', secretEnv: GRAYLOG_TOKEN, retries: 0${more} }`,
    config,
  );
const config = 'graylog: { streamParameter: STREAM }\n';
const titles = () => [...graylog.definitions.values()].map(({ title }) => title).sort();

// each test goes on from where the one before has come to
describe('a Graylog server', { shuffle: false }, () => {
  test('parameters have their values, and another value changes what is there', async () => {
    const one = lab(", parameters: { STREAM: 'Default Stream' }", config);
    const first = await one.build('1.0.0', 1, firstRules);
    const done = await one.install(first);
    expect(`${done.code} ${done.out}`).toMatch(
      /^0 lab: content pack [0-9a-f-]{36}, nothing → 1\.0\.0\n {2}= stream "Default Stream" of the server\n {2}= stream "All events" of the server\n {2}\+ dashboard "/,
    );
    expect(titles()).toEqual(['First', 'Second', 'Third']);
    expect((await one.status()).out).toMatch(
      /1\.0\.0, 4 objects, as installed\n {2}made for events with the field names of Sigma \(none\); looks in stream of the parameter STREAM\n/,
    );
    const unknown = lab(', parameters: { OTHER: x }', config);
    await unknown.build('1.0.0', 1, firstRules);
    expect((await unknown.install(first)).code).toBe(
      'usage: the content pack has no parameter OTHER',
    );
    const nowhere = lab(', parameters: { STREAM: Nowhere }', config);
    await nowhere.build('1.0.0', 1, firstRules);
    expect((await nowhere.install(first)).code).toBe(
      'usage: the server has no stream with the title "Nowhere", or more than one',
    );
    expect((await nowhere.status()).code).toBe(0);
  });

  test('one revision has one content, and is never older than what is there', async () => {
    const one = lab('', config);
    const other = await one.build('1.0.0', 1, secondRules);
    const same = await one.install(other);
    expect(same.code).toBe(
      'usage: the server has a revision 1 of this pack with another content; raise `revision` in sigpack.yml, as sigpack release does',
    );
    expect(titles()).toEqual(['First', 'Second', 'Third']);
    const second = await one.build('1.1.0', 2, secondRules);
    expect((await one.install(second)).code).toBe(0);
    expect(titles()).toEqual(['First', 'Fourth', 'Third']);
    const first = await one.build('1.0.0', 1, firstRules);
    expect((await one.install(first)).code).toMatch(
      /^usage: the server has revision 2 of this pack, this is the older 1; sigpack rollback goes back/,
    );
  });

  test('a definition that was deleted there comes back', async () => {
    const one = lab('', config);
    const second = await one.build('1.1.0', 2, secondRules);
    const [id = ''] = [...graylog.definitions].find(([, { title }]) => title === 'Fourth') ?? [];
    graylog.definitions.delete(id);
    expect((await one.status()).out).toContain(
      '! event definition "Fourth" was removed in place\n',
    );
    const done = await one.install(second);
    expect(done.out).toContain(
      '! event definition "Fourth" was removed in place: it becomes as the pack has it\n  + event definition "Fourth"\n',
    );
    expect(titles()).toEqual(['First', 'Fourth', 'Third']);
    expect((await one.install(second)).out).toContain('nothing to do');
  });

  test('what an upgrade wrote that was cut off is nobody’s hand, whatever comes next', async () => {
    const one = lab('', config);
    const changed = (to: string) => secondRules.map((text) => text.replace('other.exe', to));
    const third = await one.build('1.2.0', 3, changed('third.exe'));
    const fourth = await one.build('1.3.0', 4, changed('fourth.exe'));
    const start = server.requests.length;
    // the upload that ends it
    server.faultAt = (_, { path }) =>
      path.endsWith('/system/content_packs') &&
      server.requests.slice(start).some((request) => request.method === 'PUT')
        ? 'cut'
        : undefined;
    const cut = await one.install(third);
    server.faultAt = () => undefined;
    expect(`${cut.code} ${cut.out}`).toMatch(
      /^4 [\s\S]*failed: .*the connection was cut[\s\S]*run the command again to end it/,
    );
    expect(JSON.stringify([...graylog.definitions.values()])).toContain('[tT][hH][iI][rR][dD]');
    const done = await one.install(fourth);
    expect(done.out).not.toContain('changed in place');
    expect(done.code).toBe(0);
    expect(JSON.stringify([...graylog.definitions.values()])).toContain('[fF][oO][uU][rR][tT][hH]');
    expect((await one.status()).out).toMatch(/1\.3\.0, before it 1\.1\.0, 4 objects, as installed/);
  });

  test('a pack gets a notification, and goes back without it; its address is nowhere to be seen', async () => {
    process.env.GRAYLOG_HOOK = 'https://hooks.test/SECRET-HOOK';
    const notified = (url: string) =>
      lab(
        `, parameters: { NOTIFICATION_URL: ${url} }`,
        'graylog: { streamParameter: STREAM, notification: { type: slack } }\n',
      );
    const one = notified('{ env: GRAYLOG_HOOK }');
    const fifth = await one.build('1.4.0', 5, firstRules);
    const none = lab('', 'graylog: { streamParameter: STREAM, notification: { type: slack } }\n');
    await none.build('1.4.0', 5, firstRules);
    expect((await none.install(fifth)).code).toMatch(
      /^usage: the content pack's parameter NOTIFICATION_URL has no value; give it under `parameters`/,
    );
    const done = await one.install(fifth);
    expect(done.out).toMatch(/\+ notification "/);
    expect(done.out).toContain(
      'The URL allowlist of the server does not have the address of the notification',
    );
    const [notification] = [...graylog.extras.values()].filter(
      ({ config }) => config !== undefined,
    ) as Json[];
    expect(notification?.config).toMatchObject({
      type: 'slack-notification-v1',
      webhook_url: 'https://hooks.test/SECRET-HOOK',
    });
    const uses = () =>
      [...graylog.definitions.values()].map(({ notifications }) =>
        (notifications as readonly Json[]).map((use) => use.notification_id),
      );
    expect(uses()).toEqual([1, 2, 3].map(() => [notification?.id]));
    expect((await one.install(fifth)).out).toContain('nothing to do');
    // the variable is not needed to look
    delete process.env.GRAYLOG_HOOK;
    const seen = await one.status();
    expect(seen.out).toMatch(/1\.4\.0, before it 1\.3\.0, 5 objects, as installed/);
    const other = notified('https://hooks.test/OTHER-HOOK');
    await other.build('1.4.0', 5, firstRules);
    const changed = await other.install(fifth);
    expect(changed.out).toMatch(/~ notification[\s\S]*webhook_url: \[-an address/);
    expect(graylog.extras.get(String(notification?.id))?.config).toMatchObject({
      webhook_url: 'https://hooks.test/OTHER-HOOK',
    });
    expect(
      JSON.stringify([...graylog.packs.values()].map((revisions) => [...revisions.values()])),
    ).not.toMatch(/-HOOK/);
    expect(done.out + seen.out + changed.out).not.toMatch(/-HOOK/);
    const back = await other.rollback();
    expect(back.code).toBe(0);
    expect(uses().flat()).toEqual([]);
    expect([...graylog.extras.values()].filter(({ config }) => config !== undefined)).toEqual([]);
  });

  test('a dashboard that someone changed is kept as a whole, and one that was deleted comes back', async () => {
    const one = lab('', config);
    const [[id = '', there] = []] = [...graylog.extras];
    const [[query = '', state] = []] = Object.entries(
      (there?.state ?? {}) as Readonly<Record<string, Json>>,
    );
    const widgets = [
      ...((state?.widgets ?? []) as readonly Json[]),
      { id: 'mine', type: 'messages', config: {} },
    ];
    graylog.extras.set(id, { ...there, state: { [query]: { ...state, widgets } } });
    const sixth = await one.build('1.5.0', 6, firstRules);
    expect((await one.status()).out).toMatch(/! dashboard "[^"]*" was changed in place/);
    expect((await one.install(sixth)).out).toMatch(
      /! dashboard "[^"]*" was changed in place: it stays so/,
    );
    expect(JSON.stringify(graylog.extras.get(id))).toContain('"mine"');
    expect((await one.install(sixth, { drift: 'overwrite' })).code).toBe(0);
    expect(JSON.stringify(graylog.extras.get(id))).not.toContain('"mine"');
    graylog.extras.delete(id);
    expect((await one.install(sixth)).out).toMatch(/\+ dashboard "/);
    expect(graylog.extras.size).toBe(1);
    expect((await one.install(sixth)).out).toContain('nothing to do');
  });

  test('settings that are switched off take what they made along, and what someone changed stays without it', async () => {
    const notified =
      'graylog: { streamParameter: STREAM, notification: { type: email, recipients: [soc@example.test], minimumLevel: critical } }\n';
    const seventh = await lab('', notified).build('1.6.0', 7, firstRules);
    const on = lab('', notified);
    await on.build('1.6.0', 7, firstRules);
    const done = await on.install(seventh);
    expect(done.out).toMatch(
      /= alerts are mailed to "soc@example\.test"\n[\s\S]*\+ notification "/,
    );
    const [id = ''] = [...graylog.extras].find(([, { config: its }]) => its !== undefined) ?? [];
    const [key = '', first] =
      [...graylog.definitions].find(([, { title }]) => title === 'First') ?? [];
    // by hand: another description, the pack's notification below its level, and one of the admin's
    // own
    const uses = [id, 'of-the-admin'].map((one) => ({
      notification_id: one,
      notification_parameters: null,
    }));
    graylog.definitions.set(key, { ...first, description: 'ours', notifications: uses });
    const off = lab('', 'graylog: { streamParameter: STREAM, dashboard: false }\n');
    const eighth = await off.build('1.7.0', 8, firstRules);
    const plan = await off.install(eighth, { plan: true });
    expect(plan.out).toMatch(/- dashboard "/);
    expect(plan.out).toMatch(/- notification "/);
    expect((await off.install(eighth)).code).toBe(0);
    expect(graylog.extras.size).toBe(0);
    expect(graylog.definitions.get(key)).toMatchObject({
      description: 'ours',
      notifications: [{ notification_id: 'of-the-admin' }],
    });
    expect(JSON.stringify([...graylog.definitions.values()])).not.toContain(id);
    expect((await off.install(eighth)).out).toContain('nothing to do');
    expect((await off.status()).out).not.toContain('notification');
    expect((await off.install(eighth, { drift: 'overwrite' })).code).toBe(0);
  });

  test('a machine is told of a failure, too', async () => {
    const one = lab('', config);
    const second = await one.build('1.1.0', 2, secondRules);
    server.faultAt = () => 503;
    const { code, out } = await one.install(second, { format: 'json' });
    expect(code).toBe(4);
    expect(JSON.parse(out)).toEqual({
      outcome: 'failed',
      error: expect.stringMatching(/^127\.0\.0\.1:\d+: GET \/: 503 \(no: Basic \*\*\* \)$/),
    });
    expect(JSON.parse((await one.status('json')).out)).toMatchObject({
      places: [{ to: 'lab', kind: 'graylog', error: expect.stringContaining('503') }],
    });
    server.faultAt = () => undefined;
  });

  test('a server that is none of Graylog is told apart', async () => {
    const other = await startServer(() => ({ status: 200, body: '<html>', type: 'text/html' }));
    const one = createLab(
      `{ kind: graylog, url: '${other.url}', secretEnv: GRAYLOG_TOKEN, retries: 0 }`,
    );
    await one.build('1.0.0', 1, firstRules);
    expect((await one.status()).out).toContain(
      'the answer is not that of a Graylog server; its url ends with /api',
    );
    await other.close();
  });
});
