import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startServer } from './fake/server.ts';
import { createFakeSplunk } from './fake/splunk.ts';
import { createFakeWatcher } from './fake/watcher.ts';
import {
  createLab,
  firstRules,
  type Lab,
  removeLabs,
  secondRules,
  tree,
  watchBody,
} from './install-lab.ts';
import { callsOf, type KilledRun, killedAt } from './kills.ts';
import { environment, mainFile } from './sigpack.ts';
import { thorough } from './thoroughness.ts';

afterAll(removeLabs);

let lab: Lab;
let first = '';
const app = (path = ''): string => lab.at(join('splunk/etc/apps/acme', path));
const state = (path = ''): string => lab.at(join('splunk/etc/.sigpack/apps/acme', path));

beforeEach(async () => {
  lab = createLab('{ kind: splunk-disk, home: splunk }');
  mkdirSync(lab.at('splunk/etc/apps'), { recursive: true });
  first = await lab.build('1.0.0', 1, firstRules);
});

/** An app of someone else's under the pack's id. */
function foreignApp(): void {
  lab.write('splunk/etc/apps/acme/default/app.conf', '[launcher]\nversion = 9.0\n');
  lab.write('splunk/etc/apps/acme/default/inputs.conf', '[script://./bin/x.py]\n');
  lab.write('splunk/etc/apps/acme/bin/x.py', 'print(1)\n');
  chmodSync(app('bin/x.py'), 0o755);
  symlinkSync('x.py', app('bin/y.py'));
  lab.write('splunk/etc/apps/acme/local/app.conf', '[ui]\nlabel = Mine\n');
  lab.write('splunk/etc/apps/acme/lookups/theirs.csv', 'a\n');
}

describe('an app that Sigpack did not install', () => {
  test('is not replaced, and not uninstalled', async () => {
    foreignApp();
    const before = tree(lab.at('splunk'));
    const what = 'an app acme 9.0 is there that Sigpack did not install';
    for (const more of [{}, { plan: true as const }])
      expect((await lab.install(first, more)).code).toBe(
        `usage: ${what}; nothing was done. Give --adopt to take its place: it is kept, and sigpack rollback returns to it`,
      );
    expect((await lab.uninstall()).code).toBe(
      `usage: ${what}; sigpack uninstalls what it installed`,
    );
    expect((await lab.rollback()).code).toBe('usage: nothing is installed there');
    expect(await lab.status()).toEqual({
      code: 0,
      out: `lab (splunk-disk): not installed; ${what}\n`,
    });
    expect(tree(lab.at('splunk'))).toEqual(before);
  });

  test('is taken over where that is said, and a rollback brings it back whole', async () => {
    foreignApp();
    const before = tree(app());
    const planned = await lab.install(first, { adopt: true, plan: true });
    expect(planned.out).toMatch(
      /^lab: app acme, nothing → 1\.0\.0\n {2}! an app acme 9\.0 is there that Sigpack did not install: it is taken over and kept; sigpack rollback returns to it\n/,
    );
    for (const line of ['- bin/x.py', '- default/inputs.conf', '+ saved search First'])
      expect(planned.out).toContain(`  ${line}\n`);
    expect(tree(app())).toEqual(before);
    expect((await lab.install(first, { adopt: true })).code).toBe(0);
    expect(existsSync(app('bin'))).toBe(false);
    expect(readFileSync(app('local/app.conf'), 'utf8')).toContain('Mine');
    expect(readFileSync(app('lookups/theirs.csv'), 'utf8')).toBe('a\n');
    // from now on it is Sigpack's own
    expect((await lab.install(await lab.build('1.1.0', 2, secondRules))).code).toBe(0);
    expect((await lab.rollback({ adopt: true })).code).toContain(
      'was not taken over: leave out --adopt',
    );
    expect((await lab.rollback()).out).toContain('lab: app acme, 1.1.0 → 1.0.0\n');
    const back = await lab.rollback();
    expect(`${back.code} ${back.out}`).toMatch(/^0 lab: app acme, 1\.0\.0 → 9\.0\n/);
    expect(tree(app())).toEqual(before);
    expect(statSync(app('bin/x.py')).mode & 0o777).toBe(0o755);
    expect(existsSync(app('bin/y.py'))).toBe(true);
    expect((await lab.status()).out).toContain('not installed; an app acme 9.0 is there');
  });

  test('comes back whole when the takeover is cut off', async () => {
    foreignApp();
    const before = tree(app());
    const adoption: KilledRun = {
      args: [
        mainFile,
        'install',
        first,
        '--to',
        'lab',
        '--yes',
        '--adopt',
        '-c',
        lab.at('sigpack.yml'),
      ],
      below: lab.at('splunk'),
    };
    const saved = lab.at('saved');
    spawnSync('cp', ['-a', lab.at('splunk'), saved]);
    const { renames } = callsOf(adoption);
    expect(renames.length).toBeGreaterThan(3);
    rmSync(lab.at('splunk'), { recursive: true });
    renameSync(saved, lab.at('splunk'));
    const moments = renames.flatMap((one) => [one, one + 1]);
    const tried = moments.filter((_, index) => thorough || index % 6 === 0);
    await killedAt(adoption, tried, async (at) => {
      const again = await lab.install(first, { adopt: true });
      expect(again.code, `after call ${at}`).toBe(0);
      expect((await lab.rollback()).code, `after call ${at}`).toBe(0);
      expect(tree(app()), `after call ${at}`).toEqual(before);
    });
  });

  test('is kept by an uninstall and by a second takeover, and no rollback returns to it then', async () => {
    foreignApp();
    expect((await lab.install(first, { adopt: true })).code).toBe(0);
    expect((await lab.uninstall()).out).toMatch(/taken the place of is kept in .*adopted-2\./);
    expect(readFileSync(state('adopted-2/bin/x.py'), 'utf8')).toBe('print(1)\n');
    expect((await lab.install(first)).code).toBe(0);
    expect((await lab.status()).out).not.toContain('before it');
    expect((await lab.rollback()).code).toBe(
      'usage: there is no version before 1.0.0 to go back to',
    );
    // the app goes by hand, and another one comes
    rmSync(app(), { recursive: true });
    rmSync(state('installed'), { recursive: true });
    for (const number of [1, 2]) {
      lab.write('splunk/etc/apps/acme/bin/x.py', `print(${number})\n`);
      expect((await lab.install(first, { adopt: true })).code).toBe(0);
      rmSync(state('installed'), { recursive: true });
    }
    expect(readFileSync(state('adopted-3/bin/x.py'), 'utf8')).toBe('print(1)\n');
  });

  test('that was put in the place of one that a cut off install was moving deletes nothing of that', async () => {
    expect((await lab.install(first)).code).toBe(0);
    lab.write('splunk/etc/apps/acme/local/app.conf', '[mine]\n');
    // killed between the two renames, and then someone copied an app there
    renameSync(app(), state('old'));
    mkdirSync(state('new'));
    mkdirSync(state('record'));
    foreignApp();
    expect((await lab.status()).out).toContain('changed in place');
    expect(readFileSync(state('old-2/local/app.conf'), 'utf8')).toBe('[mine]\n');
  });

  test('takes the place of one that was uninstalled', async () => {
    expect((await lab.install(first)).code).toBe(0);
    expect((await lab.uninstall()).code).toBe(0);
    foreignApp();
    expect((await lab.install(first)).code).toContain('that Sigpack did not install');
  });
});

test('on a Splunk server an app of that id is taken over only where that is said, and goes back to its settings', async () => {
  process.env.SIGPACK_SECRET_LAB = 'splunk-token-0123456789';
  const splunk = createFakeSplunk({
    user: 'admin',
    password: 'x',
    token: process.env.SIGPACK_SECRET_LAB,
  });
  const server = await startServer((request) => splunk.handle(request));
  lab = createLab(`{ kind: splunk, url: '${server.url}', retries: 0 }`);
  const artifact = await lab.build('1.0.0', 1, firstRules);
  splunk.apps.set('acme', {
    shipped: new Map(),
    local: new Map([
      [
        'savedsearches',
        new Map([
          ['First', new Map([['search', 'index=theirs']])],
          ['Theirs', new Map([['search', 'index=mine']])],
        ]),
      ],
    ]),
    lookups: new Map(),
    about: new Map([
      ['label', 'Theirs'],
      ['version', '9.0'],
    ]),
    acl: new Map(),
  });
  const search = (name: string): string | undefined =>
    splunk.apps.get('acme')?.local.get('savedsearches')?.get(name)?.get('search');
  const what = 'an app acme 9.0 is there that Sigpack did not install';
  expect((await lab.install(artifact)).code).toContain(what);
  expect((await lab.uninstall()).code).toContain(what);
  expect((await lab.status()).out).toContain(`not installed; ${what}`);
  expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
  const done = await lab.install(artifact, { adopt: true });
  expect(`${done.code} ${done.out}`).toMatch(
    /^0 .*: it is taken over and kept; sigpack rollback returns to it\n/s,
  );
  expect(search('First')).toContain('a.exe');
  expect((await lab.install(artifact)).out).toContain('nothing to do');
  expect((await lab.uninstall()).code).toContain(
    'an uninstall would delete what is kept of the app acme 9.0',
  );
  const back = await lab.rollback();
  expect(`${back.code} ${back.out}`).toMatch(/^0 lab: app acme, 1\.0\.0 → 9\.0\n/);
  expect(search('First')).toBe('index=theirs');
  expect([...(splunk.apps.get('acme')?.local.get('savedsearches')?.keys() ?? [])].sort()).toEqual([
    'First',
    'Theirs',
  ]);
  expect(splunk.apps.get('acme')?.about.get('label')).toBe('Theirs');
  expect((await lab.install(artifact)).code).toContain(what);
  await server.close();
});

test('a watch of someone else’s is taken over only where that is said, and goes back as it was', async () => {
  process.env.SIGPACK_SECRET_LAB = 'watcher-key-0123456789';
  const watcher = createFakeWatcher(`ApiKey ${process.env.SIGPACK_SECRET_LAB}`);
  const server = await startServer((request) => watcher.handle(request));
  lab = createLab(`{ kind: elasticsearch, url: '${server.url}', retries: 0 }`);
  await lab.build('1.0.0', 1, firstRules);
  lab.write(
    'watches.ndjson',
    ['a', 'b'].map((id) => `${JSON.stringify({ id, body: watchBody('ours') })}\n`).join(''),
  );
  watcher.watches.set('a', { body: watchBody('theirs'), active: false });
  watcher.watches.set('other', {
    body: { ...watchBody('of another pack'), metadata: { sigpack: { pack: 'other' } } },
    active: true,
  });
  const before = structuredClone([...watcher.watches]);
  const what = 'a watch a is there that Sigpack did not install';
  expect((await lab.install(lab.at('watches.ndjson'))).code).toContain(what);
  expect([...watcher.watches]).toEqual(before);
  const done = await lab.install(lab.at('watches.ndjson'), { adopt: true });
  expect(`${done.code} ${done.out}`).toMatch(
    /^0 .*a watch a is there .*kept; sigpack rollback returns to it\n.* {2}~ watch "ours"\n.* {2}\+ watch "ours"\n/s,
  );
  expect(JSON.stringify(watcher.watches.get('a')?.body)).toContain('ours');
  const theirs = before.find(([id]) => id === 'a');
  const back = await lab.rollback();
  expect(`${back.code} ${back.out}`).toMatch(/^0 lab: watches of acme, 1\.0\.0 → what was there\n/);
  expect([...watcher.watches].sort()).toEqual(before.sort());
  // kept from version to version, and where a version lacks the watch
  await lab.install(lab.at('watches.ndjson'), { adopt: true });
  for (const [version, ids] of [
    ['1.1.0', ['a', 'b']],
    ['1.2.0', ['b']],
  ] as const) {
    await lab.build(version, 2, firstRules);
    lab.write(
      'watches.ndjson',
      ids
        .map((id) => `${JSON.stringify({ id, body: watchBody(`ours of ${version}`) })}\n`)
        .join(''),
    );
    expect((await lab.install(lab.at('watches.ndjson'))).code).toBe(0);
  }
  const removed = await lab.uninstall();
  expect(`${removed.code} ${removed.out}`).toMatch(
    /^0 .*What had been taken over is there again: a\./s,
  );
  expect([...watcher.watches].filter(([id]) => id === 'a')).toEqual([theirs]);
  expect([...watcher.watches.keys()].sort()).toEqual(['a', 'other']);
  await server.close();
});

describe('an artifact of another pack', () => {
  test.each([
    [
      'a Splunk app',
      '{ kind: splunk-disk, home: splunk }',
      'acme-1.0.0.spl',
      'the artifact is acme, which is not the pack of sigpack.yml (other)',
    ],
    [
      'a Splunk app for a server',
      "{ kind: splunk, url: 'http://127.0.0.1:9', retries: 0 }",
      'acme-1.0.0.spl',
      'the artifact is acme, which is not the pack of sigpack.yml (other)',
    ],
    [
      'an app for Splunk Cloud',
      '{ kind: splunk-cloud, stack: acme, user: u }',
      'acme-1.0.0.spl',
      'the artifact is acme, which is not the pack of sigpack.yml (other)',
    ],
    [
      'a content pack',
      "{ kind: graylog, url: 'http://127.0.0.1:9/api', retries: 0 }",
      'acme-1.0.0-graylog.json',
      'which is not the pack of sigpack.yml (other, as Graylog knows it ',
    ],
  ])('%s is refused before anything is asked or changed', async (_, place, file, message) => {
    lab.write('sigpack.yml', `id: other\ninstalls:\n  lab: ${place}\n`);
    lab.write('splunk/etc/apps/acme/default/app.conf', '[launcher]\nversion = 9.0\n');
    const before = tree(lab.at('splunk'));
    expect((await lab.install(join(first, file), { adopt: true })).code).toContain(message);
    expect(tree(lab.at('splunk'))).toEqual(before);
  });
});

describe('locks', () => {
  const locks = (): readonly string[] =>
    readdirSync(state()).filter((name) => name.startsWith('lock'));

  test.each([
    ['empty, as a full disk leaves it', '', 'lock'],
    ['empty, of this version', '', 'lock-1'],
    ['cut off in its middle', '12', 'lock'],
    ['of no text at all', '\0\0\0\0', 'lock-2'],
    ['of a process that is gone', `999999 ${hostname()}`, 'lock'],
    ['of a process whose number another one has', `${process.ppid} ${hostname()} then`, 'lock-3'],
  ])('one that is %s is nobody’s', async (_, text, name) => {
    expect((await lab.install(first)).code).toBe(0);
    writeFileSync(state(name), text);
    expect((await lab.install(await lab.build('1.1.0', 2, secondRules))).code).toBe(0);
    expect(locks()).toEqual([]);
  });

  test('one of another host or of a run here says how to go on', async () => {
    expect((await lab.install(first)).code).toBe(0);
    const second = await lab.build('1.1.0', 2, secondRules);
    writeFileSync(state('lock-1'), '17 elsewhere then');
    expect((await lab.install(second)).code).toBe(
      `usage: another install is under way on elsewhere; where it is not, delete ${state('lock-1')}`,
    );
    writeFileSync(state('lock-1'), `${process.ppid} ${hostname()}`);
    expect((await lab.install(second)).code).toContain(
      `is under way (process ${process.ppid}); where it is not, delete ${state('lock-1')}`,
    );
    expect(locks()).toEqual(['lock-1']);
  });

  test('a full disk leaves none', async () => {
    expect((await lab.install(first)).code).toBe(0);
    const second = await lab.build('1.1.0', 2, secondRules);
    const args = [
      '-c',
      'ulimit -f 0; exec "$@"',
      'bash',
      process.execPath,
      mainFile,
      'install',
      second,
      '--to',
      'lab',
      '--yes',
      '-c',
      lab.at('sigpack.yml'),
    ];
    const { status, stderr } = spawnSync('bash', args, {
      encoding: 'utf8',
      env: environment({ NODE_DISABLE_COMPILE_CACHE: '1' }),
    });
    expect(`${status} ${stderr}`).toMatch(
      /^3 sigpack: (?:the file is larger than the system allows|the disk is full)\n$/,
    );
    expect(locks()).toEqual([]);
  });

  test('of many at once over a lock of the dead, each does all of it or says that another one is at it', async () => {
    expect((await lab.install(first)).code).toBe(0);
    const second = await lab.build('1.1.0', 2, secondRules);
    writeFileSync(state('lock'), `999999 ${hostname()}`);
    const runs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(
          process.execPath,
          [mainFile, 'install', second, '--to', 'lab', '--yes', '-c', lab.at('sigpack.yml')],
          { env: environment() },
        );
        let out = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (chunk: Buffer) => (out += String(chunk)));
        const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
        return { code, out };
      }),
    );
    for (const { code, out } of runs)
      expect(`${code} ${out}`).toMatch(
        /^0 .*(?:done: lab has 1\.1\.0|has 1\.1\.0 already)|^2 .*(?:another install|the app was changed since the plan was made)/s,
      );
    expect(runs.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
    expect(locks()).toEqual([]);
    expect((await lab.status()).out).toMatch(
      /1\.1\.0, before it 1\.0\.0, \d+ objects, as installed/,
    );
  });
});

test('a folder of the pack that was moved away is none of Sigpack’s when another one comes', async () => {
  expect((await lab.install(first)).code).toBe(0);
  renameSync(app(), lab.at('moved'));
  expect((await lab.status()).out).toContain('not installed');
  expect((await lab.install(first)).code).toBe(0);
  expect(existsSync(app('default/app.conf'))).toBe(true);
});
