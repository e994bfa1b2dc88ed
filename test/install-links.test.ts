import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InstallOptions } from '../src/cli/install/install-command.ts';
import { createLab, firstRules, type Lab, removeLabs, secondRules, tree } from './install-lab.ts';
import { environment, mainFile } from './sigpack.ts';
import { thorough } from './thoroughness.ts';

afterAll(removeLabs);

/** Of the user that Splunk runs as. */
const splunkUser = 65534;
let lab: Lab;
let first = '';
let second = '';
const app = (path = ''): string => lab.at(join('splunk/etc/apps/acme', path));

interface Run {
  readonly code: number | string;
  readonly out: string;
}

/**
 * As root in this process, which is the quickest, and as the user of Splunk in one of its own; a
 * test that is not root's can't change users.
 */
async function installAs(
  uid: number,
  artifact: string,
  more: Partial<InstallOptions> = {},
): Promise<Run> {
  if (uid === process.getuid?.() || process.getuid?.() !== 0) {
    const { code, out } = await lab.install(artifact, more);
    return typeof code === 'string' ? { code: 2, out: out + code } : { code, out };
  }
  const args = [
    mainFile,
    'install',
    artifact,
    '--to',
    'lab',
    ...(more.plan ? ['--plan'] : ['--yes']),
    '-c',
    lab.at('sigpack.yml'),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: environment(),
    uid,
    gid: uid,
  });
  return { code: status ?? -1, out: stdout + stderr };
}

function giveAll(folder: string, uid: number): void {
  lchownSync(folder, uid, uid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    lchownSync(join(entry.parentPath, entry.name), uid, uid);
}

/** A lab as `prepare` left it, new for each test: a copy costs less than an install. */
function copiesOf(prepare: () => void | Promise<void>): void {
  let saved = '';
  beforeAll(async () => {
    lab = createLab('{ kind: splunk-disk, home: splunk }');
    mkdirSync(lab.at('splunk/etc/apps'), { recursive: true });
    first = await lab.build('1.0.0', 1, firstRules);
    second = await lab.build('1.1.0', 2, secondRules);
    // another user gets at it: the folder of all tests is closed to others, too
    for (let folder = lab.folder; folder.includes('sigpack-'); folder = dirname(folder))
      chmodSync(folder, 0o755);
    await prepare();
    saved = `${lab.folder}-saved`;
    spawnSync('cp', ['-a', lab.folder, saved]);
  });
  beforeEach(() => {
    rmSync(lab.folder, { recursive: true });
    spawnSync('cp', ['-a', saved, lab.folder]);
  });
  afterAll(() => rmSync(saved, { recursive: true }));
}

describe.each([
  ['root', 0],
  ['the user of Splunk', splunkUser],
] as const)('as %s', (_, uid) => {
  copiesOf(async () => {
    if (process.getuid?.() === 0) giveAll(lab.at('splunk'), splunkUser);
    expect(await installAs(uid, first)).toMatchObject({ code: 0 });
  });

  test('a link of the admin’s stays a link, and what it leads to is as it was', async () => {
    lab.write('victim', 'secret');
    chmodSync(lab.at('victim'), 0o600);
    mkdirSync(lab.at('folder'));
    lab.write('folder/inside', 'x');
    mkdirSync(app('local'));
    const links = {
      file: lab.at('victim'),
      folder: lab.at('folder'),
      up: '../../..',
      dangling: 'nowhere/at/all',
    };
    for (const [name, to] of Object.entries(links)) symlinkSync(to, app(`local/${name}`));
    symlinkSync(lab.at('victim'), app('lookups/mine.csv'));
    symlinkSync('/nowhere', app('lookups/gone.csv'));
    const before = ['victim', 'folder', 'folder/inside'].map((path) => lstatSync(lab.at(path)));
    const done = await installAs(uid, second);
    expect(done).toMatchObject({ code: 0 });
    for (const [name, to] of Object.entries(links))
      expect(readlinkSync(app(`local/${name}`))).toBe(to);
    expect(readlinkSync(app('lookups/mine.csv'))).toBe(lab.at('victim'));
    expect(readlinkSync(app('lookups/gone.csv'))).toBe('/nowhere');
    const after = ['victim', 'folder', 'folder/inside'].map((path) => lstatSync(lab.at(path)));
    expect(after.map(({ uid: owner, mode, ctimeMs }) => [owner, mode, ctimeMs])).toEqual(
      before.map(({ uid: owner, mode, ctimeMs }) => [owner, mode, ctimeMs]),
    );
    expect(tree(lab.at('folder'))).toEqual({ inside: 'x' });
    expect(done.out).not.toContain('secret');
    // as the user of Splunk it could not delete the folder that root made: it is put aside, and in
    // nobody's way
    const isLeft = uid !== 0 && process.getuid?.() === 0;
    expect(done.out.includes('could not be deleted: folders in it belong to another user')).toBe(
      isLeft,
    );
    expect(await installAs(uid, first, { plan: true })).toMatchObject({ code: 0 });
  });

  test('a file of the pack that is a link is not read through it', async () => {
    lab.write('victim', '[secret]\nsearch = hunter2\n');
    rmSync(app('default/savedsearches.conf'));
    symlinkSync(lab.at('victim'), app('default/savedsearches.conf'));
    rmSync(app('static'), { recursive: true });
    mkdirSync(lab.at('elsewhere'));
    lab.write('elsewhere/appIcon.png', 'not ours');
    symlinkSync(lab.at('elsewhere'), app('static'));
    const done = await installAs(uid, second);
    expect(done).toMatchObject({ code: 0 });
    expect(done.out).not.toContain('hunter2');
    expect(lstatSync(app('default/savedsearches.conf')).isFile()).toBe(true);
    expect(lstatSync(app('static')).isDirectory()).toBe(true);
    expect(lab.read('victim')).toBe('[secret]\nsearch = hunter2\n');
    expect(lab.read('elsewhere/appIcon.png')).toBe('not ours');
  });

  test.each([
    ['the file', (): void => symlinkSync(lab.at('victim'), app('local/savedsearches.conf'))],
    [
      'the folder',
      (): void => {
        rmSync(app('local'), { recursive: true });
        symlinkSync(lab.at('outside'), app('local'));
      },
    ],
  ])('a setting that is kept is not written through a link: %s', async (__, link) => {
    lab.write('victim', 'mine\n');
    mkdirSync(lab.at('outside'));
    mkdirSync(app('local'));
    link();
    const conf = app('default/savedsearches.conf');
    writeFileSync(
      conf,
      readFileSync(conf, 'utf8').replace(/^cron_schedule = .*$/m, 'cron_schedule = 1 1 * * *'),
    );
    const before = tree(lab.at('splunk'));
    const refused = await installAs(uid, second);
    expect(refused.code).toBe(2);
    expect(refused.out).toMatch(
      /local(?:\/savedsearches\.conf)? is a link, through which nothing is read or written/,
    );
    expect(tree(lab.at('splunk'))).toEqual(before);
    expect(lab.read('victim')).toBe('mine\n');
    expect(readdirSync(lab.at('outside'))).toEqual([]);
  });

  // a process for each costs the user of Splunk more
  const places = [
    'splunk/etc/apps/acme',
    'splunk/etc/.sigpack',
    'splunk/etc/apps',
    'splunk/etc/.sigpack/apps',
    'splunk/etc/.sigpack/apps/acme',
  ];
  test.each(uid === 0 || thorough ? places : places.slice(0, 2))(
    'a link in place of %s is refused',
    async (path) => {
      renameSync(lab.at(path), lab.at('moved'));
      symlinkSync(lab.at('moved'), lab.at(path));
      const before = tree(lab.folder);
      const refused = await installAs(uid, second);
      expect(refused.code).toBe(2);
      expect(refused.out).toContain(
        `${lab.at(path)} is a link; sigpack installs into folders alone`,
      );
      expect(tree(lab.folder)).toEqual(before);
    },
  );

  test.each(['metadata', 'lookups'])(
    'a link in place of the folder %s of the app is refused',
    async (name) => {
      renameSync(app(name), lab.at('moved'));
      lab.write('moved/mine.csv', 'x');
      symlinkSync(lab.at('moved'), app(name));
      const refused = await installAs(uid, second);
      expect(refused.code).toBe(2);
      expect(refused.out).toContain(
        `${app(name)} is a link, through which nothing is read or written`,
      );
      expect(lstatSync(app(name)).isSymbolicLink()).toBe(true);
      expect(existsSync(lab.at('moved/mine.csv'))).toBe(true);
    },
  );

  test('a pipe in local/ is refused, and nothing waits for it', async () => {
    mkdirSync(app('local'));
    spawnSync('mkfifo', [app('local/pipe')]);
    chmodSync(app('local/pipe'), 0o666);
    const refused = await installAs(uid, second);
    expect(refused.code).toBe(2);
    expect(refused.out).toContain('is neither a file nor a folder nor a link');
  });
});

// as any other user there is nothing to give away
describe.runIf(process.getuid?.() === 0)('what root installs', () => {
  copiesOf(() => undefined);
  const owners = (folder: string): ReadonlySet<string> =>
    new Set(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .map((entry) => lstatSync(join(entry.parentPath, entry.name)))
        .map(({ uid, gid }) => `${uid}:${gid}`),
    );

  test('belongs to the owner of the apps, where etc/ is root’s, too', async () => {
    chownSync(lab.at('splunk/etc/apps'), splunkUser, splunkUser);
    expect(await installAs(0, first)).toMatchObject({ code: 0 });
    expect(owners(app())).toEqual(new Set([`${splunkUser}:${splunkUser}`]));
    expect(statSync(app()).uid).toBe(splunkUser);
    expect(owners(lab.at('splunk/etc/.sigpack'))).toEqual(new Set([`${splunkUser}:${splunkUser}`]));
    expect(statSync(lab.at('splunk/etc')).uid).toBe(0);
  });

  test('takes over what root left there, but no file with a second name', async () => {
    giveAll(lab.at('splunk'), splunkUser);
    expect(await installAs(0, first)).toMatchObject({ code: 0 });
    giveAll(lab.at('splunk/etc/.sigpack'), 0);
    mkdirSync(app('local'), { mode: 0o755 });
    writeFileSync(app('local/app.conf'), '[ui]\n', { mode: 0o644 });
    expect(await installAs(0, second)).toMatchObject({ code: 0 });
    expect(readFileSync(app('local/app.conf'), 'utf8')).toBe('[ui]\n');
    expect(owners(app())).toEqual(new Set([`${splunkUser}:${splunkUser}`]));
    lab.write('victim', 'x');
    chmodSync(lab.at('victim'), 0o600);
    spawnSync('ln', [lab.at('victim'), app('local/second-name')]);
    const refused = await installAs(0, first);
    expect(statSync(lab.at('victim')).uid).toBe(0);
    expect(refused.code).toBe(2);
    expect(refused.out).toMatch(
      /permission denied; root works there with the rights of the owner of the apps \(uid 65534\): give it to them/,
    );
  });

  test('is not what others moved in, and looking changes no owner', async () => {
    giveAll(lab.at('splunk'), splunkUser);
    expect(await installAs(0, first)).toMatchObject({ code: 0 });
    const state = 'splunk/etc/.sigpack/apps/acme';
    const secret = (path: string, mode: number): string => {
      writeFileSync(lab.at(path), 'x', { mode });
      return lab.at(path);
    };
    const moved = [
      secret('splunk/etc/.sigpack/r.txt', 0o600),
      secret(`${state}/r.txt`, 0o644),
      secret(`${state}/lock-00000000-0000-4000-8000-000000000000`, 0o600),
      secret('splunk/etc/apps/acme/r.txt', 0o644),
      secret('splunk/etc/apps/acme/static/r.txt', 0o644),
    ];
    rmSync(app('README.md'));
    const ofApp = secret('splunk/etc/apps/acme/README.md', 0o644);
    await lab.status();
    expect([...moved, ofApp].map((path) => statSync(path).uid)).toEqual([0, 0, 0, 0, 0, 0]);
    const lock = moved.find((path) => path.includes('/lock-')) ?? '';
    expect(await installAs(0, first)).toMatchObject({
      code: 2,
      out: expect.stringContaining(`${basename(lock)} is not a file that can be read`),
    });
    rmSync(lock);
    expect(await installAs(0, second)).toMatchObject({ code: 0 });
    // in the app, what someone added goes along as a copy of what everyone may read
    const kept = moved.filter((path) => path.includes('/etc/.sigpack/') && existsSync(path));
    expect(kept.map((path) => statSync(path).uid)).toEqual([0, 0]);
    expect(statSync(ofApp).uid).toBe(splunkUser);
    const own = secret('splunk/etc/apps/acme/own.txt', 0o600);
    expect(await installAs(0, first)).toMatchObject({
      code: 2,
      out: expect.stringContaining('permission denied'),
    });
    expect(statSync(own).uid).toBe(0);
  });
});
