import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookupSearches } from '../src/install/splunk/lookup-search.ts';
import { csvRows } from '../src/source/csv/csv-rows.ts';
import { type FakeServer, startServer } from './fake/server.ts';
import { createFakeSplunk, type FakeSplunk } from './fake/splunk.ts';
import { merged } from './fake/splunk-state.ts';
import { createLab, firstRules, type Lab, removeLabs, secondRules } from './install-lab.ts';

afterAll(removeLabs);

const token = 'splunk-token-0123456789';
const password = 'pass word&="1"';
process.env.SIGPACK_SECRET_LAB = token;
process.env.LAB_PASSWORD = password;

let lab: Lab;
let splunk: FakeSplunk;
let server: FakeServer;
let first = '';
let second = '';
const searches = () => merged(splunk.apps.get('acme') as never, 'savedsearches');

async function freshLab(place: (url: string) => string, folder = ''): Promise<void> {
  splunk = createFakeSplunk({
    user: 'admin',
    password,
    token,
    upload: { onServer: '/srv/upload', folder },
  });
  server = await startServer((request) => splunk.handle(request));
  lab = createLab(place(server.url));
  first = await lab.build('1.0.0', 1, firstRules);
  second = await lab.build('1.1.0', 2, secondRules);
}

// each test goes on from where the one before has come to
describe('object by object', { shuffle: false }, () => {
  beforeAll(() => freshLab((url) => `{ kind: splunk, url: '${url}', retries: 0 }`));
  afterAll(() => server.close());

  test('gets app, lookups, macros, searches and views, once', async () => {
    expect((await lab.status()).out).toBe('lab (splunk): not installed\n');
    const done = await lab.install(first);
    expect(`${done.code} ${done.out}`).toMatch(/^0 lab: app acme, nothing → 1\.0\.0\n/);
    for (const line of [
      '+ app acme',
      '+ lookup acme_detections.csv',
      '+ lookup definition acme_detections',
      '+ macro acme_first_filter',
      '+ saved search First',
      '+ view overview',
      '+ navigation default',
    ])
      expect(done.out).toContain(`  ${line}\n`);
    const app = splunk.apps.get('acme');
    expect(Object.fromEntries(app?.about ?? [])).toMatchObject({
      label: 'Acme detections',
      version: '1.0.0',
    });
    expect(Object.fromEntries(app?.acl ?? [])).toEqual({
      sharing: 'global',
      owner: 'nobody',
      'perms.read': '*',
      'perms.write': 'admin',
    });
    expect(Object.fromEntries(searches().get('First') ?? [])).toMatchObject({
      enableSched: '1',
      disabled: '0',
      counttype: 'number of events',
      relation: 'greater than',
      quantity: '0',
    });
    expect(searches().get('First')?.get('search')).toContain('\\\\a.exe');
    expect(app?.lookups.get('acme_detections.csv')).toContain('"A, B"');
    expect(splunk.reloads.sort()).toContain('saved/searches/_reload');
    const before = server.requests.length;
    expect(await lab.install(first)).toEqual({
      code: 0,
      out: 'lab has 1.0.0 already; nothing to do\n',
    });
    expect(server.requests.slice(before).every(({ method }) => method === 'GET')).toBe(true);
    expect((await lab.status()).out).toMatch(
      /^lab \(splunk\): 1\.0\.0, \d+ objects, as installed; what is in its lookups cannot be seen\n {2}made for events with the field names of Sigma \(none\); looks in index=\*.*\n$/,
    );
  });

  test.each([
    ['number', 'The server runs 11 scheduled searches at one time.'],
    ['settings', 'The server runs 16 scheduled searches at one time.'],
    ['nothing', 'How many the server runs at one time is not known: 127.0.0.1:'],
  ] as const)(
    'a plan says what the pack starts, and what the server can run, as far as it says (%s)',
    async (slots, expected) => {
      splunk.says.slots = slots;
      const { code, out } = await lab.install(second, { plan: true });
      expect([code, out]).toEqual([
        0,
        expect.stringContaining(
          `  The pack starts 2 searches in the worst minute, 0.2 on average.\n  ${expected}`,
        ),
      ]);
      const json = JSON.parse((await lab.install(second, { plan: true, format: 'json' })).out);
      expect(json.advice[1]).toContain(expected);
      expect(out).not.toContain(token);
      splunk.says.slots = 'number';
    },
  );

  test('the lookup has what the app as a file has', () => {
    const csv = splunk.apps.get('acme')?.lookups.get('acme_detections.csv') ?? '';
    expect(csvRows(csv)).toHaveLength(4);
    expect(csvRows(csv)[0]).toContain('techniques');
  });

  test('changes in place, keeps what someone changed, removes what is gone', async () => {
    splunk.apps
      .get('acme')
      ?.local.get('savedsearches')
      ?.get('First')
      ?.set('cron_schedule', '1 1 * * *');
    const drifted = await lab.status();
    expect(drifted.code).toBe(1);
    expect(drifted.out).toContain(
      '! saved search First was changed in place\n      cron_schedule: ',
    );
    const done = await lab.install(second);
    expect(`${done.code} ${done.out}`).toMatch(/^0 /);
    expect(searches().get('First')?.get('cron_schedule')).toBe('1 1 * * *');
    expect(searches().get('First')?.get('search')).toContain('other.exe');
    expect([...searches().keys()].sort()).toEqual(['First', 'Fourth', 'Third']);
    expect([...merged(splunk.apps.get('acme') as never, 'macros').keys()]).not.toContain(
      'acme_second_filter',
    );
    expect(splunk.apps.get('acme')?.about.get('version')).toBe('1.1.0');
    expect((await lab.install(second, { drift: 'overwrite' })).code).toBe(0);
    expect(searches().get('First')?.get('cron_schedule')).not.toBe('1 1 * * *');
    expect((await lab.status()).out).toContain('1.1.0, before it 1.0.0');
  });

  test('goes back', async () => {
    const back = await lab.rollback();
    expect(`${back.code} ${back.out}`).toMatch(/^0 lab: app acme, 1\.1\.0 → 1\.0\.0\n/);
    expect([...searches().keys()].sort()).toEqual(['First', 'Second', 'Third']);
    expect(searches().get('First')?.get('search')).toContain('\\\\a.exe');
    expect((await lab.rollback()).code).toBe(
      'usage: there is no version before 1.0.0 to go back to',
    );
  });

  test('a detection that was switched off there is drift, one that a version switches off is said to be disabled', async () => {
    splunk.apps.get('acme')?.local.get('savedsearches')?.get('Third')?.set('disabled', '1');
    expect((await lab.status()).out).toContain(
      '! saved search Third was changed in place\n      disabled: [-0-]{+1+}\n',
    );
    expect((await lab.install(first)).out).toContain('stays so');
    expect((await lab.install(first, { drift: 'overwrite' })).code).toBe(0);
    const off = firstRules.map((text, index) =>
      index === 0 ? `${text}sigpack: { enabled: false }\n` : text,
    );
    await lab.build('1.0.1', 3, [off[0]?.replace('a.exe', 'z.exe') ?? '', ...off.slice(1)]);
    const verbose = await lab.install(lab.at('packs/1.0.1'), { plan: true, verbose: true });
    expect(verbose.out).toMatch(/ {2}o saved search First\n {6}search: .*\n {6}disabled: /);
    const done = await lab.install(lab.at('packs/1.0.1'));
    expect(done.out).toContain(
      '  1 detection is switched off that was on before: "First".\n  The pack starts',
    );
    expect(done.out).toMatch(
      / {2}o saved search First \(and \d+ settings?, with --verbose\)\n {2}[^ ]/,
    );
    expect(done.out).toMatch(/done: lab has 1\.0\.1 \(.*1 switched off.*\)/);
    expect(searches().get('First')?.get('disabled')).toBe('1');
  });

  test('leaves an app in which someone has searches of their own', async () => {
    const own = new Map([['search', 'index=mine']]);
    splunk.apps.get('acme')?.local.get('savedsearches')?.set('Theirs', own);
    expect((await lab.uninstall()).out).toContain('The app stays, as it has others in it: Theirs.');
    expect([...searches().keys()]).toEqual(['Theirs']);
    splunk.apps.delete('acme');
    expect((await lab.install(first)).code).toBe(0);
  });

  test('is rid of it', async () => {
    expect((await lab.uninstall()).out).toMatch(
      / {2}- saved search First\n.*removed Acme detections \(acme\) from lab: 3 detections, 4 macros, 3 lookups, 3 lookup definitions, 3 dashboards, 1 app, 1 navigation menu\n$/s,
    );
    expect(splunk.apps.has('acme')).toBe(false);
    expect((await lab.status()).out).toBe('lab (splunk): not installed\n');
  });
});

describe('with a user', { shuffle: false }, () => {
  beforeAll(() =>
    freshLab(
      (url) => `{ kind: splunk, url: '${url}', user: admin, secretEnv: LAB_PASSWORD, retries: 0 }`,
    ),
  );
  afterAll(() => server.close());

  test('logs in once a command', async () => {
    expect((await lab.install(first)).code).toBe(0);
    expect(server.requests.filter(({ path }) => path === '/services/auth/login')).toHaveLength(1);
  });

  test('says whose word is not taken, and not what it is', async () => {
    process.env.LAB_PASSWORD = 'another word 99';
    const { code, out } = await lab.status();
    process.env.LAB_PASSWORD = password;
    expect(code).toBe(4);
    expect(out).toMatch(
      /POST \/services\/auth\/login: 401, the user or token is not accepted \(Login failed\)/,
    );
    expect(out).not.toContain('another');
  });
});

describe('as a file that the server can read', { shuffle: false }, () => {
  let folder = '';
  beforeAll(async () => {
    const own = createLab('{}');
    folder = own.at('upload');
    mkdirSync(folder);
    await freshLab(
      (url) =>
        `{ kind: splunk, url: '${url}', upload: { folder: '${folder}', onServer: /srv/upload }, retries: 0 }`,
      folder,
    );
  });
  afterAll(() => server.close());

  test('installs, upgrades and goes back', async () => {
    const done = await lab.install(first);
    expect(`${done.code} ${done.out}`).toMatch(/^0 /);
    expect(readdirSync(folder)).toEqual(['acme-1.0.0.spl']);
    expect(splunk.apps.get('acme')?.shipped.get('savedsearches')?.has('Second')).toBe(true);
    expect(splunk.apps.get('acme')?.local.get('savedsearches')).toBeUndefined();
    expect((await lab.install(first)).out).toBe('lab has 1.0.0 already; nothing to do\n');
    splunk.apps
      .get('acme')
      ?.local.set('savedsearches', new Map([['First', new Map([['cron_schedule', '1 1 * * *']])]]));
    expect((await lab.install(second)).code).toBe(0);
    expect(searches().get('First')?.get('cron_schedule')).toBe('1 1 * * *');
    expect(searches().get('First')?.get('search')).toContain('other.exe');
    expect([...searches().keys()].sort()).toEqual(['First', 'Fourth', 'Third']);
    const over = await lab.install(second, { drift: 'overwrite' });
    expect(`${over.code} ${over.out}`).toMatch(/^0 /);
    expect(searches().get('First')?.get('cron_schedule')).not.toBe('1 1 * * *');
    expect((await lab.rollback()).code).toBe(0);
    expect([...searches().keys()].sort()).toEqual(['First', 'Second', 'Third']);
    writeFileSync(join(folder, 'other.txt'), '');
  });
});

test('no text of a rule is seen by the search language when a lookup is written', () => {
  const hostile = 'name,note\n"a""b","x | delete ` [ ] \\ "" \u2028 ü\n$y$ {z}"\n';
  const [search = ''] = lookupSearches('x.csv', hostile);
  expect(search).toMatch(
    /^\| makeresults format=json data="[A-Za-z0-9 ._[\]{}:,"\\-]*" \| table "name" "note" \| outputlookup "x\.csv"$/,
  );
  const data = /data="(.*?)" \| table/.exec(search)?.[1]?.replace(/\\(["\\])/g, '$1') ?? '';
  expect(JSON.parse(data)).toEqual([
    { name: 'a"b', note: 'x | delete ` [ ] \\ " \u2028 ü\n$y$ {z}' },
  ]);
});
