import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { install } from '../src/cli/install/install-command.ts';
import { readTarMembers } from '../src/release/archive/archive-bounds.ts';
import { createLab, firstRules, type Lab, removeLabs, secondRules, tree } from './install-lab.ts';
import { callsOf, type KilledRun, killedAt } from './kills.ts';
import { unwrapped } from './result.ts';
import { said } from './said.ts';
import { environment, mainFile } from './sigpack.ts';
import { thorough } from './thoroughness.ts';

afterAll(removeLabs);

type Entry = Partial<Header> & { readonly name: string };

let lab: Lab;
let first = '';
let second = '';
const app = (path = ''): string => lab.at(join('splunk/etc/apps/acme', path));
const search = (
  name: string,
  key: string,
  text = readFileSync(app('default/savedsearches.conf'), 'utf8'),
): string | undefined =>
  new RegExp(`^\\[${name}\\]\\n(?:(?!\\[).*\\n)*?${key} = (.*)$`, 'm').exec(text)?.[1];

async function freshLab(): Promise<void> {
  lab = createLab('{ kind: splunk-disk, home: splunk }');
  mkdirSync(lab.at('splunk/etc/apps'), { recursive: true });
  first = await lab.build('1.0.0', 1, firstRules);
  second = await lab.build('1.1.0', 2, secondRules);
}

/** The archive but for one of its files. */
async function withoutFile(archive: Buffer, path: string): Promise<Buffer> {
  const rest = pack();
  for (const member of unwrapped(await readTarMembers(archive)))
    if (member.path !== path) rest.entry({ name: member.path }, member.content);
  rest.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of rest) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

test('a plan says of which detections local/ overrides what the new version changes', async () => {
  await freshLab();
  expect((await lab.install(first)).code).toBe(0);
  const local = (text: string): void =>
    lab.write('splunk/etc/apps/acme/local/savedsearches.conf', text);
  local(
    '[Third]\ncron_schedule = 1 1 * * *\n[First]\ncron_schedule = 1 1 * * *\nsearch = mine\n[Mine]\nsearch = x\n[Gone]\n',
  );
  const { out } = await lab.install(second, { plan: true });
  const notes = out.split('\n').filter((line) => line.includes('local/'));
  expect(notes).toEqual([
    '  local/savedsearches.conf overrides cron_schedule, search of "First": what the pack says there has no effect.',
    '  local/savedsearches.conf overrides cron_schedule of "Third": what the pack says there has no effect.',
  ]);
  local(
    `[First]\nsearch = ${search('First', 'search', readFileSync(app('default/savedsearches.conf'), 'utf8').replace('a.exe', 'other.exe'))}\n`,
  );
  expect((await lab.install(second, { plan: true })).out).not.toContain('overrides');
});

// each test goes on from where the one before has come to
describe('a Splunk home on disk', { shuffle: false }, () => {
  beforeAll(freshLab);

  test('gets the app, once', async () => {
    expect(await lab.status()).toEqual({ code: 0, out: 'lab (splunk-disk): not installed\n' });
    const planned = await lab.install(first, { plan: true });
    expect(planned.code).toBe(0);
    expect(planned.out).toContain('lab: app acme, nothing → 1.0.0\n');
    expect(planned.out).toContain('  + macro acme_windows_process_creation\n');
    expect(planned.out).toContain('  + saved search First\n');
    expect(existsSync(app())).toBe(false);
    const done = await lab.install(first);
    expect(done.code).toBe(0);
    expect(done.out).toMatch(/done: lab has 1\.0\.0 \(\d+ created\)\n {2}Restart Splunk/);
    expect(search('Second', 'search')).toContain('\\\\b.exe');
    const before = tree(lab.at('splunk'));
    expect(await lab.install(first)).toEqual({
      code: 0,
      out: 'lab has 1.0.0 already; nothing to do\n',
    });
    expect(tree(lab.at('splunk'))).toEqual(before);
    expect((await lab.status()).out).toMatch(
      /^lab \(splunk-disk\): 1\.0\.0, \d+ objects, as installed\n {2}made for events with the field names of Sigma \(none\); looks in index=\*; without Enterprise Security\n$/,
    );
  });

  test('keeps what is the admin’s, and what someone changed in default/ as a setting of local/', async () => {
    mkdirSync(app('local'));
    writeFileSync(
      app('local/macros.conf'),
      '[acme_windows_process_creation]\ndefinition = index=win\n',
    );
    chmodSync(app('local/macros.conf'), 0o600);
    utimesSync(app('local/macros.conf'), 1_700_000_000, 1_700_000_000);
    writeFileSync(app('metadata/local.meta'), '[]\naccess = read : [ soc ]\n');
    writeFileSync(app('lookups/mine.csv'), 'a\n1\n');
    const conf = app('default/savedsearches.conf');
    writeFileSync(
      conf,
      readFileSync(conf, 'utf8').replace(
        /^(\[First\]\n(?:.*\n)*?cron_schedule = ).*$/m,
        '$11 1 * * *',
      ),
    );
    const drifted = await lab.status();
    expect(drifted.code).toBe(1);
    expect(drifted.out).toMatch(
      /1 changed in place, 1 changed in local\/\n {2}made for .*\n {2}! saved search First was changed in place\n {6}cron_schedule: \[-.*-\]\{\+1 1 \* \* \*\+\}\n {2}\* acme_windows_process_creation in local\/macros\.conf: definition\n$/,
    );
    const done = await lab.install(second);
    expect(done.code).toBe(0);
    expect(done.out).toContain('! saved search First was changed in place: it stays so\n');
    expect(done.out).toMatch(
      /done: lab has 1\.1\.0 \(\d+ created, \d+ changed, \d+ removed, 1 kept as changed in place\)\n/,
    );
    expect(done.out).toMatch(
      /~ saved search First\n(?: {6}.*\n)*? {6}search: .*\[-a\.exe-\]\{\+other\.exe\+\}/,
    );
    expect(done.out).toContain('  - saved search Second\n');
    expect(done.out).toContain('  + saved search Fourth\n');
    expect(done.out).not.toContain('mine.csv');
    expect(readFileSync(app('local/macros.conf'), 'utf8')).toBe(
      '[acme_windows_process_creation]\ndefinition = index=win\n',
    );
    expect(statSync(app('local/macros.conf')).mode & 0o777).toBe(0o600);
    expect(statSync(app('local/macros.conf')).mtimeMs).toBe(1_700_000_000_000);
    expect(readFileSync(app('metadata/local.meta'), 'utf8')).toContain('soc');
    expect(readFileSync(app('lookups/mine.csv'), 'utf8')).toBe('a\n1\n');
    expect(search('First', 'search')).toContain('other.exe');
    expect(readFileSync(app('local/savedsearches.conf'), 'utf8')).toContain(
      '[First]\ncron_schedule = 1 1 * * *\n',
    );
    const local = await lab.status();
    expect(local.code).toBe(0);
    expect(local.out).toMatch(
      /, as installed, 2 changed in local\/\n {2}made for events with the field names of Sigma \(none\); looks in index=\*; without Enterprise Security\n {2}\* acme_windows_process_creation in local\/macros\.conf: definition\n {2}\* First in local\/savedsearches\.conf: cron_schedule\n$/,
    );
    expect(JSON.parse((await lab.status('json')).out).places[0].overrides).toContainEqual({
      name: 'First',
      file: 'local/savedsearches.conf',
      settings: ['cron_schedule'],
    });
    // one that says the same, one of a search that is not the pack's, the switch of the whole app,
    // a page, a link
    renameSync(app('local'), app('kept'));
    lab.write(
      'splunk/etc/apps/acme/local/savedsearches.conf',
      `[First]\nsearch = ${search('First', 'search')}\n[Mine]\nsearch = x\n`,
    );
    lab.write('splunk/etc/apps/acme/local/app.conf', '[install]\nstate = disabled\n');
    lab.write('splunk/etc/apps/acme/local/data/ui/views/overview.xml', '<view/>');
    symlinkSync('/etc/passwd', app('local/macros.conf'));
    const lines = (await lab.status()).out.split('\n').filter((line) => line.startsWith('  * '));
    expect(lines).toEqual([
      '  * install in local/app.conf: state',
      '  * the whole file in local/data/ui/views/overview.xml',
      '  * a link, which is not followed in local/macros.conf',
    ]);
    rmSync(app('local'), { recursive: true });
    renameSync(app('kept'), app('local'));
  });

  test('goes back, and then has nothing to go back to', async () => {
    expect((await lab.status()).out).toContain('1.1.0, before it 1.0.0');
    const back = await lab.rollback();
    expect(back.code).toBe(0);
    expect(back.out).toContain('lab: app acme, 1.1.0 → 1.0.0\n');
    expect(search('First', 'search')).toContain('\\\\a.exe');
    expect(readFileSync(app('lookups/mine.csv'), 'utf8')).toBe('a\n1\n');
    expect((await lab.rollback()).code).toBe(
      'usage: there is no version before 1.0.0 to go back to',
    );
    expect((await lab.install(second)).code).toBe(0);
  });

  test('keeps what someone added to the app, through an upgrade, an overwrite and a rollback', async () => {
    expect((await lab.install(first)).code).toBe(0);
    lab.write('splunk/etc/apps/acme/default/props.conf', '[x]\n');
    lab.write('splunk/etc/apps/acme/bin/z.sh', 'true\n');
    chmodSync(app('bin/z.sh'), 0o755);
    mkdirSync(app('static/empty'), { recursive: true });
    symlinkSync('z.sh', app('bin/link'));
    const conf = app('default/savedsearches.conf');
    writeFileSync(
      conf,
      `${readFileSync(conf, 'utf8').replace('[First]\n', '[First]\naction.email = 1\n')}\n[Mine]\nsearch = index=mine\n`,
    );
    const drifted = await lab.status();
    expect(drifted.code).toBe(1);
    expect(drifted.out).toContain(', 4 changed in place, ');
    for (const what of [
      'saved search First was changed',
      'saved search Mine was added',
      'bin/z.sh was added',
      'default/props.conf was added',
    ])
      expect(drifted.out).toContain(`  ! ${what} in place\n`);
    const kept = () => {
      expect(readFileSync(app('default/props.conf'), 'utf8')).toBe('[x]\n');
      expect(statSync(app('bin/z.sh')).mode & 0o777).toBe(0o755);
      expect(readlinkSync(app('bin/link'))).toBe('z.sh');
      expect(existsSync(app('static/empty'))).toBe(true);
      expect(search('Mine', 'search', readFileSync(app('local/savedsearches.conf'), 'utf8'))).toBe(
        'index=mine',
      );
    };
    const upgraded = await lab.install(second);
    expect(upgraded.code).toBe(0);
    expect(upgraded.out).toContain('! bin/z.sh was added in place: it stays so\n');
    expect(upgraded.out).not.toMatch(/^ {2}- (?:bin|default|saved search Mine)/m);
    expect(readFileSync(app('local/savedsearches.conf'), 'utf8')).toContain(
      '[First]\naction.email = 1\n',
    );
    kept();
    expect((await lab.rollback()).code).toBe(0);
    kept();
    expect((await lab.install(second, { drift: 'overwrite' })).code).toBe(0);
    kept();
    // a folder in place of a file that the app brings can't be kept, and is not deleted
    rmSync(app('README.md'));
    lab.write('splunk/etc/apps/acme/README.md/mine', 'x');
    expect((await lab.install(first)).code).toMatch(/README\.md.* move it elsewhere/);
    expect(readFileSync(app('README.md/mine'), 'utf8')).toBe('x');
    for (const path of [
      'README.md',
      'default/props.conf',
      'bin',
      'static/empty',
      'local/savedsearches.conf',
    ])
      rmSync(app(path), { recursive: true });
    expect((await lab.install(second)).code).toBe(0);
    expect((await lab.status()).code).toBe(0);
  });

  test('keeps a file that someone changed and that the next version lacks', async () => {
    const page = 'default/data/ui/views/overview.xml';
    writeFileSync(app(page), '<view/>');
    const without = lab.at('without');
    cpSync(first, without, { recursive: true });
    const artifact = join(without, 'acme-1.0.0.spl');
    writeFileSync(artifact, await withoutFile(readFileSync(artifact), `acme/${page}`));
    rmSync(join(without, 'SHA256SUMS'), { force: true });
    const done = await lab.install(artifact);
    expect(`${done.code} ${done.out}`).toMatch(/^0 /);
    expect(readFileSync(app(page), 'utf8')).toBe('<view/>');
    rmSync(app(page));
    expect((await lab.install(second)).code).toBe(0);
  });

  test('puts the pack’s own over what someone changed, where it is told to', async () => {
    const page = app('default/data/ui/views/overview.xml');
    writeFileSync(page, '<view/>');
    expect((await lab.install(second)).out).toContain(
      'overview.xml was changed in place: it stays so',
    );
    expect(readFileSync(page, 'utf8')).toBe('<view/>');
    expect((await lab.install(second, { drift: 'overwrite' })).out).toContain(
      'overview.xml was changed in place: it becomes as the pack has it',
    );
    expect(readFileSync(page, 'utf8')).not.toBe('<view/>');
    rmSync(page);
    expect((await lab.install(second)).out).toContain(
      'overview.xml was removed in place: it becomes as the pack has it',
    );
    expect(existsSync(page)).toBe(true);
  });

  test('applies a saved plan, and no other', async () => {
    expect((await lab.install(first, { plan: lab.at('plan.json') })).code).toBe(0);
    const plan = JSON.parse(lab.read('plan.json')) as {
      readonly pack: unknown;
      readonly objects: readonly { readonly verb: string; readonly name: string }[];
    };
    expect(plan.pack).toMatchObject({ id: 'acme', from: '1.1.0', version: '1.0.0' });
    expect(plan.objects).toContainEqual({
      verb: 'remove',
      key: 'default/savedsearches.conf Fourth',
      name: 'Fourth',
      changes: [],
    });
    const apply = { yes: false, apply: lab.at('plan.json') };
    expect((await lab.install(second, apply)).out).toContain(
      'it is for another artifact, or another version is installed by now; nothing was done',
    );
    writeFileSync(app('README.md'), 'changed');
    const moved = await lab.install(first, apply);
    expect(moved.code).toBe(4);
    expect(moved.out).toContain(
      'the place was changed since the plan was made; nothing was done, make a new plan',
    );
    lab.write('plan.json', '{}');
    expect((await lab.install(first, apply)).out).toContain('it is not a plan of sigpack install');
    expect((await lab.install(first, { plan: lab.at('plan.json') })).out).toMatch(
      /\n {2}Neither a signature nor a digest .*\n {2}The pack starts 1 search in the worst minute, 0\.2 on average\.\n {2}A search head of 16 cores .* runs 11 .*\nplanned: .*\nthe plan is in .*plan\.json\n$/,
    );
    expect((await lab.install(first, apply)).code).toBe(0);
    // CI that tries again what was done
    const again = await lab.install(first, apply);
    expect(`${again.code} ${again.out}`).toMatch(/^0 .*lab has 1\.0\.0 already; nothing to do\n$/s);
    lab.write('plan.json', lab.read('plan.json').replace('"to": "lab"', '"to": "prod"'));
    expect((await lab.install(first, apply)).code).toBe(4);
    expect(search('Second', 'search')).toContain('\\\\b.exe');
  });

  test('tells a machine', async () => {
    const { code, out } = await lab.install(second, { format: 'json', drift: 'overwrite' });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'applied',
      plan: { to: 'lab', kind: 'splunk-disk' },
      notes: [expect.stringContaining('Restart')],
    });
    const status = await lab.status('json');
    expect(JSON.parse(status.out)).toMatchObject({
      places: [{ to: 'lab', pack: 'acme', version: '1.1.0', previous: '1.0.0', drift: [] }],
    });
  });

  test('asks nobody where there is no terminal', async () => {
    expect((await lab.install(first, { yes: false })).code).toBe(
      'usage: there is no terminal to ask on: give --yes, or --plan FILE and then --apply FILE',
    );
  });

  test('is rid of the app, of which all is kept aside', async () => {
    expect((await lab.uninstall({ yes: false })).code).toBe(
      'usage: there is no terminal to ask on: give --yes',
    );
    expect(existsSync(app())).toBe(true);
    expect((await lab.uninstall()).out).toMatch(
      /^lab: app acme, 1\.1\.0 → nothing\n {2}- .*\nremoved Acme detections \(acme\) from lab: 3 detections, 4 macros, 3 lookups, 3 dashboards, 8 other files\n {2}The app is kept in .*removed, with its local.*\n {2}Restart Splunk/s,
    );
    expect(existsSync(app())).toBe(false);
    expect(
      readFileSync(lab.at('splunk/etc/.sigpack/apps/acme/removed/lookups/mine.csv'), 'utf8'),
    ).toBe('a\n1\n');
    expect((await lab.status()).out).toContain('not installed');
    expect((await lab.uninstall()).out).toBe('lab has nothing of acme\n');
    // a second one deletes nothing of the first
    expect((await lab.install(first)).code).toBe(0);
    lab.write('splunk/etc/apps/acme/local/second.conf', '[b]\n');
    expect((await lab.uninstall()).out).toContain('removed-2, with');
    expect(existsSync(lab.at('splunk/etc/.sigpack/apps/acme/removed/lookups/mine.csv'))).toBe(true);
    expect(
      readFileSync(lab.at('splunk/etc/.sigpack/apps/acme/removed-2/local/second.conf'), 'utf8'),
    ).toBe('[b]\n');
  });
});

test.each([
  ['apps', 'etc/apps', 'Restart Splunk'],
  ['shcluster', 'etc/shcluster/apps', 'splunk apply shcluster-bundle'],
  ['deployment-apps', 'etc/deployment-apps', 'splunk reload deploy-server'],
])('the place %s is %s, and Splunk has to be told', async (place, folder, note) => {
  const other = createLab(`{ kind: splunk-disk, home: splunk, place: ${place} }`);
  mkdirSync(other.at('splunk/etc'), { recursive: true });
  const done = await other.install(await other.build('1.0.0', 1, firstRules));
  expect(`${done.code} ${done.out}`).toMatch(/^0 /);
  expect(done.out).toContain(note);
  expect(existsSync(other.at(`splunk/${folder}/acme/default/app.conf`))).toBe(true);
});

describe('wrong use', { shuffle: false }, () => {
  beforeAll(freshLab);

  test.each<[string, () => Promise<{ readonly code: number | string }>, string]>([
    [
      'no such place',
      () => lab.install(first, { to: 'prod' }),
      'sigpack.yml names no place "prod" under installs; there are: lab',
    ],
    ['no such artifact', () => lab.install(lab.at('none.spl')), 'none.spl'],
    [
      'an artifact of another kind',
      () => lab.install(join(first, 'acme-1.0.0-graylog.json')),
      'is not a Splunk app (.spl)',
    ],
    ['a folder with two of them', () => lab.install(lab.at('two')), 'more than one file'],
    [
      'no archive',
      () => lab.install(lab.at('broken.spl')),
      'the app cannot be unpacked: it is not a gzip archive',
    ],
    ['no plan', () => lab.install(first, { apply: lab.at('none.json') }), 'there is no plan'],
    [
      'an artifact that --plan took',
      () => lab.install(undefined, { plan: lab.at('two/a.spl') }),
      'two/a.spl --to lab --plan',
    ],
    [
      'a version to go back to that --plan took',
      () => lab.rollback({ plan: 'x.spl' }),
      'give the artifact first: sigpack rollback x.spl --to lab --plan',
    ],
    [
      'nothing to install',
      () => lab.install(undefined),
      'give the artifact to install: sigpack install ARTIFACT --to lab',
    ],
    [
      'a plan in place of an artifact',
      () => lab.install(first, { plan: lab.at('two/a.spl') }),
      'the file of a plan ends with .json',
    ],
    [
      'a file that SHA256SUMS does not have',
      () => lab.install(lab.at('sums')),
      'is not the file that SHA256SUMS beside it has',
    ],
    ['nothing there', () => lab.rollback(), 'nothing is installed there'],
  ])('%s', async (_, run, message) => {
    mkdirSync(lab.at('two'), { recursive: true });
    for (const name of ['a.spl', 'b.spl']) lab.write(`two/${name}`, '');
    lab.write('broken.spl', 'no gzip');
    cpSync(first, lab.at('sums'), { recursive: true });
    lab.write('sums/SHA256SUMS', `${'0'.repeat(64)}  acme-1.0.0.spl\n`);
    expect((await run()).code).toContain(message);
  });

  const conf = '[launcher]\nversion = 1.0.0\n';
  test.each<[string, readonly Entry[], string]>([
    [
      'a path that leads out of it',
      [{ name: 'acme/../../evil' }],
      'the archive has a path that leads out of it: "../../evil"',
    ],
    [
      'a path with a backslash',
      [{ name: 'acme/..\\evil' }],
      'the archive has a path that leads out of it',
    ],
    [
      'a link',
      [{ name: 'acme/link', type: 'symlink', linkname: '/etc/passwd' }],
      'the entry "acme/link" is a symlink, not a file',
    ],
    [
      'settings of the admin',
      [{ name: 'acme/local/app.conf' }],
      'the app brings local/app.conf, which is the admin',
    ],
    ['two apps', [{ name: 'other/default/app.conf' }], 'the archive is not that of one Splunk app'],
    ['no version', [{ name: 'acme/README.md' }], 'the app has no version in default/app.conf'],
  ])('an archive with %s', async (what, headers, message) => {
    const archive = pack();
    if (what !== 'no version') archive.entry({ name: 'acme/default/app.conf' }, conf);
    for (const header of headers) archive.entry(header, header.type === 'symlink' ? '' : 'x');
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    writeFileSync(lab.at('hostile.spl'), gzipSync(Buffer.concat(chunks)));
    const before = tree(lab.at('splunk'));
    expect((await lab.install(lab.at('hostile.spl'))).code).toContain(message);
    expect(tree(lab.at('splunk'))).toEqual(before);
  });

  test('no home of Splunk', async () => {
    rmSync(lab.at('splunk/etc'), { recursive: true });
    expect((await lab.install(first)).code).toMatch(
      /is not a home of Splunk: it has no folder etc/,
    );
  });
});

/** The command line in a copy of the folder. */
function commandIn(home: string, does: readonly string[]): readonly string[] {
  writeFileSync(join(home, 'sigpack.yml'), lab.read('sigpack.yml'));
  return [mainFile, ...does, '--to', 'lab', '-c', join(home, 'sigpack.yml')];
}

/** Installs version two over one in a copy of the folder, in a process of its own. */
function child(
  home: string,
  prefix: readonly string[] = [],
  does: readonly string[] = ['install', second, '--yes'],
) {
  const [program = '', ...rest] = [...prefix, process.execPath, ...commandIn(home, does)];
  return spawnSync(program, rest, { encoding: 'utf8', env: environment() });
}

describe('what goes wrong', { shuffle: false }, () => {
  const copies: string[] = [];
  beforeAll(async () => {
    await freshLab();
    await lab.install(first);
    mkdirSync(app('local'));
    writeFileSync(app('local/app.conf'), '[ui]\n');
  });
  afterAll(() => {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  });
  const copied = (): string => {
    const copy = mkdtempSync(join(tmpdir(), 'sigpack-disk-'));
    copies.push(copy);
    cpSync(lab.at('splunk'), join(copy, 'splunk'), { recursive: true });
    return copy;
  };
  const appIn = (home: string) => tree(join(home, 'splunk/etc/apps/acme'));

  test('killed at any call that changes the disk, the next run has the whole of one version, and ends it', async () => {
    const whole = copied();
    const old = appIn(whole);
    const upgradeOf = (home: string): KilledRun => ({
      args: commandIn(home, ['install', second, '--yes']),
      below: join(home, 'splunk'),
    });
    const { calls, renames, removals } = callsOf(upgradeOf(whole));
    expect(calls).toBeGreaterThan(40);
    const done = appIn(whole);
    expect(done['local/app.conf']).toBe('[ui]\n');
    const fine = tree(join(whole, 'splunk'));
    expect(renames.length).toBeGreaterThan(3);
    // the last one is of the lock
    expect(removals.length).toBeGreaterThan(1);
    // before and after each step of the swap, and at some of the files that are written before
    const swap = renames.flatMap((at) => [at, at + 1]);
    const moments = [
      1,
      2,
      3,
      ...swap.filter((_, index) => thorough || index % 3 === 0),
      removals.at(-1) ?? 0,
      calls,
    ];
    for (let n = 100; n < calls; n += thorough ? 20 : 400) moments.push(n);
    const seen = new Set<string>();
    const home = copied();
    await killedAt(upgradeOf(home), moments, async (n) => {
      const here = existsSync(join(home, 'splunk/etc/apps/acme')) ? appIn(home) : undefined;
      expect([old, done, undefined], `after call ${n}`).toContainEqual(here);
      seen.add(
        here === undefined ? 'none' : JSON.stringify(here) === JSON.stringify(old) ? 'old' : 'new',
      );
      const again = await said(() =>
        install(second, {
          to: 'lab',
          config: join(home, 'sigpack.yml'),
          yes: true,
          format: 'text',
          verbose: false,
        }),
      );
      expect(again, `after call ${n}`).toMatchObject({ code: 0 });
      expect(tree(join(home, 'splunk')), `after call ${n}`).toEqual(fine);
    });
    expect([...seen].sort()).toEqual(['new', 'none', 'old']);
  });

  test('a disk that is full leaves the version that was there', () => {
    const home = copied();
    const old = tree(join(home, 'splunk'));
    const { status, stderr } = child(home, ['bash', '-c', 'ulimit -f 4; exec "$@"', 'bash']);
    expect(`${status} ${stderr}`).toMatch(
      /^3 sigpack: (?:the file is larger than the system allows|the disk is full)\n$/,
    );
    expect(tree(join(home, 'splunk'))).toEqual(old);
    expect(child(home).status).toBe(0);
  });

  test('a look writes nothing, and so needs no right and no space for it', () => {
    const home = copied();
    const before = tree(join(home, 'splunk'));
    const full = ['bash', '-c', 'ulimit -f 0; exec "$@"', 'bash'];
    const { stdout, stderr } = child(home, full, ['status']);
    expect(`${stdout}${stderr}`).toMatch(
      /^lab \(splunk-disk\): 1\.0\.0, .*as installed\n {2}made for events with the field names of Sigma \(none\); looks in index=\*; without Enterprise Security\n$/,
    );
    expect(tree(join(home, 'splunk'))).toEqual(before);
    mkdirSync(join(home, 'splunk/etc/.sigpack/apps/acme/new'));
    const refused = child(home, full, ['status']);
    expect(`${refused.status} ${refused.stderr}`).toMatch(
      /^2 sigpack: an install into .*acme was cut off and has to be ended first, which cannot be done now: the file is larger than the system allows\n$/,
    );
    expect(child(home, [], ['status']).status).toBe(0);
  });

  test('a folder that cannot be written', () => {
    const home = copied();
    rmSync(join(home, 'splunk/etc/apps'), { recursive: true });
    writeFileSync(join(home, 'splunk/etc/apps'), 'no folder');
    const { status, stderr } = child(home);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^sigpack: .*apps: a file is there, and a folder is needed\n$/);
  });

  test('two at once: the second is refused, and a lock of the dead is taken over', async () => {
    const state = lab.at('splunk/etc/.sigpack/apps/acme');
    const sleeper = spawn('sleep', ['30']);
    writeFileSync(join(state, 'lock'), `${sleeper.pid} ${hostname()}`);
    expect((await lab.install(second)).code).toBe(
      `usage: another install into this Splunk is under way (process ${sleeper.pid}); where it is not, delete ${join(state, 'lock')}`,
    );
    expect(search('Second', 'search')).toBeDefined();
    writeFileSync(join(state, 'lock'), '1 elsewhere');
    expect((await lab.install(second)).code).toMatch(
      /another install is under way on elsewhere; where it is not, delete/,
    );
    const gone = new Promise((resolve) => sleeper.on('exit', resolve));
    sleeper.kill();
    await gone;
    writeFileSync(join(state, 'lock'), `${sleeper.pid} ${hostname()}`);
    expect((await lab.install(second)).code).toBe(0);
    expect(existsSync(join(state, 'lock'))).toBe(false);
  });
});
