import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { build } from '../src/cli/command/build/run.ts';
import { diff } from '../src/cli/command/diff/run.ts';
import { type ReleaseOptions, release } from '../src/cli/command/release/run.ts';
import { verify } from '../src/cli/command/verify/run.ts';
import { install } from '../src/cli/install/install-command.ts';
import { status } from '../src/cli/install/status-command.ts';
import { readConf } from '../src/pack/render/conf-reader.ts';
import { readEnvelope } from '../src/release/supply-chain/envelope.ts';
import { readTar } from './archives.ts';
import './built-in-templates.ts';
import { gitOptions } from './git-options.ts';
import { anyEvents } from './project-folder.ts';
import { type Said, said } from './said.ts';
import { spread } from './thoroughness.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

let folder = '';
const gitIn = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', [...gitOptions, ...args], {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_COMMITTER_DATE: '2026-03-01T10:00:00Z',
      GIT_AUTHOR_DATE: '2026-03-01T10:00:00Z',
    },
  });
const git = (...args: readonly string[]): string => gitIn(folder, ...args);
const at = (path: string): string => join(folder, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const write = (path: string, text: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};
/** All in one alias: to start a process takes this one longer than git takes. */
const commit = (message = 'change', tag?: string): void => {
  const commands = ['git add -A', `git commit -q --allow-empty -m '${message}'`];
  if (tag !== undefined) commands.push(`git tag '${tag}'`);
  git('-c', `alias.record=!${commands.join(' && ')}`, 'record');
};

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const rule = (number: number, title: string, value: string, more = ''): string =>
  `title: ${title}\nid: ${uuid(number)}\nstatus: test\nlevel: high\ndescription: Of ${number}.\nlogsource: { product: windows, category: process_creation }\ndetection:\n  sel: { Image|endswith: '${value}' }\n  condition: sel\n${more}`;

const options: ReleaseOptions = {
  bump: 'auto',
  dryRun: false,
  rename: false,
  dropRetired: false,
  fromLock: false,
  verbose: false,
};
const released = (more: Partial<ReleaseOptions> = {}): Promise<Said> =>
  said(() => release({ ...options, config: at('sigpack.yml'), ...more }));
/** Releases, commits and tags; what was said. */
async function publish(version: string, more: Partial<ReleaseOptions> = {}): Promise<string> {
  commit();
  const { code, out } = await released(more);
  expect(`${code} ${out}`).toMatch(
    new RegExp(`^0 Configuration: .*sigpack\\.yml\\nreleased ${version.replaceAll('.', '\\.')}`),
  );
  commit(`release ${version}`, `v${version}`);
  return out;
}
const diffed = (
  from: string | undefined,
  to?: string,
  format: 'text' | 'markdown' | 'json' = 'text',
): Promise<Said> =>
  said(() => diff(from, to ?? folder, { config: at('sigpack.yml'), format, verbose: false }));
const built = (frozen: boolean): Promise<Said> =>
  said(() =>
    build([], {
      config: at('sigpack.yml'),
      output: at('dist/packs'),
      format: 'text',
      verbose: false,
      dryRun: false,
      frozen,
    }),
  );

const files = async (archive: string): Promise<ReadonlyMap<string, string>> =>
  new Map((await readTar(readFileSync(archive))).map(({ header, text }) => [header.name, text]));
const stanzas = async (version: string) =>
  readConf(
    (await files(at(`dist/release/${version}/acme-${version}.spl`))).get(
      'acme/default/savedsearches.conf',
    ) ?? '',
  ).stanzas;
interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly entities: readonly {
    readonly id: string;
    readonly type: { readonly name: string };
    readonly data: { readonly title: { readonly '@value': string } };
  }[];
}
const contentPack = (version: string): ContentPack =>
  JSON.parse(read(`dist/release/${version}/acme-${version}-graylog.json`)) as ContentPack;

/** A repository without a commit, which each test has a copy of. */
let repository = '';
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'sigpack-release-'));
  made.push(repository);
  gitIn(repository, 'init', '-q', '-b', 'main', '--template=');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-release-'));
  made.push(folder);
  cpSync(repository, folder, { recursive: true });
  write('.gitignore', 'dist/\n');
  write(
    'sigpack.yml',
    `id: acme\ntitle: Acme detections\n# ours\nversion: 1.0.0\nurl: https://detections.example.org\n${anyEvents}`,
  );
  write('rules/a.yml', rule(1, 'First', '\\a.exe'));
  write('rules/b.yml', rule(2, 'Second', '\\b.exe'));
  write('rules/c.yml', rule(3, 'Third', '\\c.exe'));
});

describe('a history of releases', { shuffle: false }, () => {
  test('keeps names, counts versions by what changed, and retires what is gone', async () => {
    expect(await publish('1.0.0')).toContain('the first version');
    expect(read('CHANGELOG.md')).toContain(
      '## [1.0.0] - 2026-03-01\n\n### Added\n\n- [First](rules/a.yml) (high)\n',
    );
    expect(contentPack('1.0.0').rev).toBe(1);

    write(
      'rules/a.yml',
      rule(1, 'First, described better', '\\a.exe').replace('Of 1.', 'Other words.'),
    );
    await publish('1.0.1');
    expect(read('sigpack.yml')).toBe(
      `id: acme\ntitle: Acme detections\n# ours\nversion: 1.0.1\nurl: https://detections.example.org\n${anyEvents}`,
    );
    expect([...(await stanzas('1.0.1')).keys()]).toEqual(['First', 'Second', 'Third']);
    expect(read('CHANGELOG.md')).toContain(
      '### Changed\n\n- [First, described better](rules/a.yml) (high): renamed, texts; title: First → First, described better; name in packs: stays First; texts: description\n',
    );

    write('rules/b.yml', rule(2, 'Second', '\\bb.exe'));
    write('rules/new/d.yml', rule(4, 'Fourth', '\\d.exe'));
    expect(await publish('1.1.0')).toContain('1 added, 1 meaning changed');
    expect(read('CHANGELOG.md')).toContain(
      "- [Second](rules/b.yml) (high): condition; finds: some events more and others no longer, as far as can be told; newly catches Image: '\\*&#92;bb.exe'; no longer catches Image: '\\*&#92;b.exe'\n",
    );
    const [first, second] = [contentPack('1.0.0'), contentPack('1.1.0')];
    expect([second.id, second.rev]).toEqual([first.id, 3]);
    expect(
      second.entities
        .map(({ id }) => id)
        .filter((id) => first.entities.some((entity) => entity.id === id)),
    ).toHaveLength(5);

    rmSync(at('rules/c.yml'));
    await publish('2.0.0');
    const third = (await stanzas('2.0.0')).get('Third');
    expect(Object.fromEntries(third ?? [])).toMatchObject({
      disabled: '1',
      enableSched: '0',
      description: 'Retired in 2.0.0: no longer part of this app.',
    });
    expect(read('CHANGELOG.md')).toContain(
      '### Removed\n\n- Third (high)\n\nDisabled in the Splunk app until a release drops them:\n\n- Third\n',
    );
    expect(read('sigpack.lock')).toContain(
      `retired:\n  Third:\n    id: ${uuid(3)}\n    title: Third\n    slug: third\n    macro: acme_third_filter\n    splunk: true\n    retired: 2.0.0\n`,
    );
    const definitions = contentPack('2.0.0').entities.filter(
      ({ type }) => type.name === 'event_definition',
    );
    expect(definitions.map(({ data }) => data.title['@value'])).toEqual([
      'First',
      'Second',
      'Fourth',
    ]);

    // a new rule under the title of a retired one is another stanza: the settings that an admin
    // gave the old one are not for it
    write('rules/e.yml', rule(5, 'Third', '\\e.exe'));
    await publish('2.1.0');
    expect([...(await stanzas('2.1.0')).keys()]).toEqual([
      'First',
      'Fourth',
      'Second',
      'Third (00000000)',
      'Third',
    ]);

    await publish('2.1.1', { dropRetired: true });
    expect([...(await stanzas('2.1.1')).keys()]).toEqual([
      'First',
      'Fourth',
      'Second',
      'Third (00000000)',
    ]);
    expect(read('CHANGELOG.md')).toContain(
      'Dropped from the Splunk app; delete them there by hand:\n\n- Third\n',
    );

    const out = await publish('3.0.0', { rename: true });
    expect(out).toContain('2 name');
    expect([...(await stanzas('3.0.0')).keys()]).toEqual([
      'First, described better',
      'Fourth',
      'Second',
      'Third',
      'First',
      'Third (00000000)',
    ]);
    expect(read('sigpack.lock')).toContain(`retired:\n  First:\n    id: ${uuid(1)}\n`);
    expect((await released()).out).toContain('nothing changed since 3.0.0');
  });

  test('a better rule of the same title gets a name of its own, and no published name changes', async () => {
    write(
      'sigpack.yml',
      `${read('sigpack.yml')}installs: { lab: { kind: splunk-disk, home: splunk } }\n`,
    );
    mkdirSync(at('splunk/etc/apps'), { recursive: true });
    write('.gitignore', 'dist/\nsplunk/\n');
    const lab = {
      to: 'lab',
      config: at('sigpack.yml'),
      yes: true,
      format: 'text',
      verbose: false,
    } as const;
    const installed = (version: string): Promise<Said> =>
      said(() => install(at(`dist/release/${version}/acme-${version}.spl`), lab));
    const searchOf = async (version: string, name: string): Promise<string> =>
      (await stanzas(version)).get(name)?.get('search') ?? 'none';
    write('rules/z.yml', rule(9, 'Third', '\\z.exe').replace('status: test', 'status: deprecated'));
    await publish('1.0.0');
    expect([await searchOf('1.0.0', 'Third'), await searchOf('1.0.0', 'Third (00000000)')]).toEqual(
      [expect.stringContaining('c.exe'), expect.stringContaining('z.exe')],
    );
    expect((await installed('1.0.0')).code).toBe(0);

    renameSync(at('rules/c.yml'), at('rules/y.yml'));
    write('rules/0.yml', rule(8, 'THIRD', '\\new.exe').replace('status: test', 'status: stable'));
    write('rules/zz/copy.yml', read('rules/z.yml'));
    const { out } = await diffed(undefined);
    expect(out).toContain('1 added, 1 moved');
    expect(out).not.toContain('renamed');
    await publish('1.1.0');
    expect([...(await stanzas('1.1.0')).keys()]).toEqual([
      'First',
      'Second',
      'THIRD (000000000000)',
      'Third',
      'Third (00000000)',
    ]);
    expect([
      await searchOf('1.1.0', 'Third'),
      await searchOf('1.1.0', 'Third (00000000)'),
      await searchOf('1.1.0', 'THIRD (000000000000)'),
    ]).toEqual([
      expect.stringContaining('c.exe'),
      expect.stringContaining('z.exe'),
      expect.stringContaining('new.exe'),
    ]);
    expect((await built(true)).code).toBe(0);
    const done = await installed('1.1.0');
    expect([done.code, done.out]).toEqual([
      0,
      expect.stringContaining('+ saved search THIRD (000000000000)'),
    ]);
    expect(done.out).not.toMatch(/[-~] saved search Third/);
    expect(await said(() => status(undefined, lab))).toMatchObject({
      code: 0,
      out: expect.not.stringContaining('changed'),
    });
  });

  test('a macro keeps the name that it was published with, also in a lock of before macros had the id of the pack', async () => {
    const macros = async (version: string): Promise<readonly string[]> =>
      [
        ...readConf(
          (await files(at(`dist/release/${version}/acme-${version}.spl`))).get(
            'acme/default/macros.conf',
          ) ?? '',
        ).stanzas.keys(),
      ].filter((name) => name.endsWith('_filter'));
    await publish('1.0.0');
    expect(await macros('1.0.0')).toEqual([
      'acme_first_filter',
      'acme_second_filter',
      'acme_third_filter',
    ]);

    // as an earlier Sigpack left it: no macro is named, so that each is the slug's
    write('sigpack.lock', read('sigpack.lock').replaceAll(/^ {4}macro: .*\n/gm, ''));
    write('rules/d.yml', rule(4, 'Fourth', '\\d.exe'));
    // what would be its macro's name is that of a published one
    write('rules/e.yml', rule(5, 'Acme first', '\\e.exe'));
    rmSync(at('rules/c.yml'));
    await publish('2.0.0');
    expect(await macros('2.0.0')).toEqual([
      'acme_acme_first_filter',
      'acme_fourth_filter',
      'first_filter',
      'second_filter',
    ]);
    expect((await stanzas('2.0.0')).get('First')?.get('search')).toMatch(/ \| `first_filter` \|/);
    expect((await built(true)).code).toBe(0);

    // what comes back finds what an admin had left out of it
    write('rules/c.yml', rule(3, 'Third', '\\c.exe'));
    await publish('2.1.0');
    expect(await macros('2.1.0')).toContain('third_filter');
    await publish('2.2.0', { rename: true });
    expect(await macros('2.2.0')).toContain('acme_first_filter');
  });

  test('no release switches detections to and fro for a budget', async () => {
    const at7 = "sigpack: { cron: '7 * * * *' }\n";
    write(
      'sigpack.yml',
      `id: acme\ntitle: Acme detections\nversion: 1.0.0\n${anyEvents.replace('index: "*"', 'index: "*", searchesPerMinute: 2')}`,
    );
    for (const [index, name] of ['a', 'b', 'c'].entries())
      write(`rules/${name}.yml`, rule(index + 2, `Rule ${index + 2}`, `\\${name}.exe`, at7));
    const running = async (version: string): Promise<readonly string[]> =>
      [...(await stanzas(version))].flatMap(([name, settings]) =>
        settings.get('disabled') === '0' ? [name] : [],
      );
    await publish('1.0.0');
    expect(await running('1.0.0')).toEqual(['Rule 2', 'Rule 3']);
    expect(read('sigpack.lock').match(/^ {4}disabled:\n {6}- splunk$/gm)).toHaveLength(1);

    // its id is before the others
    write('rules/d.yml', rule(1, 'Rule 1', '\\d.exe', at7));
    await publish('1.1.0');
    expect(await running('1.1.0')).toEqual(['Rule 2', 'Rule 3']);
    expect(read('CHANGELOG.md')).not.toContain('### Changed');
    expect((await built(true)).code).toBe(0);
    rmSync(at('dist/release/1.1.0'), { recursive: true });
    expect((await released({ fromLock: true })).code).toBe(0);
    expect(await running('1.1.0')).toEqual(['Rule 2', 'Rule 3']);

    write(
      'rules/d.yml',
      rule(1, 'Rule 1', '\\d.exe', at7).replace('level: high', 'level: critical'),
    );
    expect((await diffed(undefined)).out).toMatch(/Rule 3.*\n.*splunk\.enabled \(none\) → false/);
    await publish('1.2.0');
    expect(await running('1.2.0')).toEqual(['Rule 1', 'Rule 2']);
    write('sigpack.yml', `${read('sigpack.yml')}overBudget: error\n`);
    expect(await released({ dryRun: true })).toMatchObject({
      code: 1,
      out: expect.stringContaining('error[PCK006]'),
    });
    expect(read('CHANGELOG.md')).toMatch(
      /\[Rule 3\]\(rules\/b\.yml\) \(high\): settings; splunk\.enabled/,
    );
  });

  test('a title that changes by its letter case alone is one stanza, and leaves none behind', async () => {
    await publish('1.0.0');
    write('rules/a.yml', rule(1, 'FIRST', '\\a.exe'));
    await publish('2.0.0', { rename: true });
    expect([...(await stanzas('2.0.0')).keys()]).toEqual(['FIRST', 'Second', 'Third']);
    expect((await released()).out).toContain('nothing changed since 2.0.0');
  });

  test('rules without an id keep what they got, when their title or their place changes', async () => {
    write('rules/a.yml', rule(1, 'First', '\\a.exe').replace(/^id: .*\n/m, ''));
    await publish('1.0.0');
    const ids = contentPack('1.0.0')
      .entities.map(({ id }) => id)
      .sort();
    write('rules/a.yml', read('rules/a.yml').replace('title: First', 'title: Renamed'));
    await publish('1.0.1');
    mkdirSync(at('rules/moved'));
    renameSync(at('rules/a.yml'), at('rules/moved/other.yml'));
    await publish('1.0.2');
    expect(
      contentPack('1.0.2')
        .entities.map(({ id }) => id)
        .sort(),
    ).toEqual(ids);
    expect(read('CHANGELOG.md')).toContain('- [Renamed](rules/moved/other.yml) (high): moved\n');
    expect(read('sigpack.lock')).toContain('generated: true');
  });

  test('an update on disk leaves what an admin set in local/ as it is, under names that are still there', async () => {
    const apps = at('dist/apps/acme');
    const install = async (version: string): Promise<void> => {
      rmSync(join(apps, 'default'), { recursive: true, force: true });
      for (const [path, text] of await files(at(`dist/release/${version}/acme-${version}.spl`))) {
        mkdirSync(dirname(join(apps, '..', path)), { recursive: true });
        writeFileSync(join(apps, '..', path), text);
      }
    };
    await publish('1.0.0');
    await install('1.0.0');
    const local = '[First]\ndisabled = 1\ncron_schedule = 7 * * * *\n\n[Third]\naction.email = 1\n';
    mkdirSync(join(apps, 'local'));
    writeFileSync(join(apps, 'local', 'savedsearches.conf'), local);
    write('rules/a.yml', rule(1, 'Another title', '\\aa.exe'));
    rmSync(at('rules/c.yml'));
    await publish('2.0.0');
    await install('2.0.0');
    expect(readFileSync(join(apps, 'local', 'savedsearches.conf'), 'utf8')).toBe(local);
    const now = readConf(readFileSync(join(apps, 'default', 'savedsearches.conf'), 'utf8')).stanzas;
    for (const name of readConf(local).stanzas.keys()) expect(now.has(name)).toBe(true);
    expect(readFileSync(join(apps, 'default', 'app.conf'), 'utf8')).toContain('build = 2');
  });

  test('gives the same bytes twice, and again from the lock', async () => {
    commit();
    await released();
    const once = readdirSync(at('dist/release/1.0.0')).map((name) => [
      name,
      read(`dist/release/1.0.0/${name}`),
    ]);
    const tracked = ['sigpack.lock', 'CHANGELOG.md', 'sigpack.yml'].map(read);
    git('clean', '-qfd');
    git('checkout', '-q', '.');
    rmSync(at('dist'), { recursive: true });
    await released();
    expect(
      readdirSync(at('dist/release/1.0.0')).map((name) => [
        name,
        read(`dist/release/1.0.0/${name}`),
      ]),
    ).toEqual(once);
    expect(['sigpack.lock', 'CHANGELOG.md', 'sigpack.yml'].map(read)).toEqual(tracked);
    commit();
    rmSync(at('dist'), { recursive: true });
    expect(await released({ fromLock: true })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\nwrote .*dist\/release\/1\.0\.0: 7 files\n/),
    });
    const packs = (list: readonly (readonly string[])[]) =>
      list
        .filter(([name = '']) => /\.(?:spl|zip)$|graylog|manifest|cdx/.test(name))
        .map(([name, text]) => [name, text?.replace(/"timestamp":.*/, '')]);
    expect(
      packs(
        readdirSync(at('dist/release/1.0.0')).map((name) => [
          name,
          read(`dist/release/1.0.0/${name}`),
        ]),
      ),
    ).toEqual(packs(once as never));
  });
});

test.each([undefined, '1700000000'])(
  'a file with the name by which git knows the commit hides no commit, SOURCE_DATE_EPOCH=%s',
  async (epoch) => {
    vi.stubEnv('SOURCE_DATE_EPOCH', epoch);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    write('HEAD', 'a file');
    commit();
    const { code, out } = await released();
    const names = `The provenance names ${git('rev-parse', '@').slice(0, 12)}`;
    expect([code, out]).toEqual([0, expect.stringContaining(names)]);
  },
);

describe('a release is refused', () => {
  test('for changes that are not committed', async () => {
    commit();
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    expect(await released()).toMatchObject({
      code: expect.stringContaining(
        'usage: the git tree has changes that are not committed: M rules/a.yml',
      ),
    });
    expect(existsSync(at('sigpack.lock'))).toBe(false);
    expect(await released({ dryRun: true })).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /would release 1\.0\.0[\s\S]*\nA release would be refused now: the git tree has changes that are not committed: M rules\/a\.yml\./,
      ),
    });
    expect(existsSync(at('sigpack.lock'))).toBe(false);
  });

  test('for a private key in the tree, which nobody is told to commit', async () => {
    write('rules/d.yml', rule(4, 'Fourth', '\\d.exe'));
    commit();
    const key = generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    write('keys/für uns.key', key);
    const alone =
      'keys/für uns.key holds a private key and git does not ignore it: move it out of the git tree, and never commit it.';
    expect(await released()).toMatchObject({ code: `usage: ${alone}` });
    write('sigpack.yml', `${read('sigpack.yml')}# ${key.replaceAll('\n', '')}\n`);
    git('mv', 'rules/d.yml', 'rules/e.yml');
    write('release.pub', 'public');
    expect(await released()).toMatchObject({
      code: 'usage: the git tree has changes that are not committed: R rules/e.yml, ?? release.pub. Commit or stash them, so that the release can be built again from git. sigpack.yml, keys/für uns.key hold private keys and git does not ignore them: move them out of the git tree, and never commit them.',
    });
  });

  test('for what the release before has written', async () => {
    await publish('1.0.0');
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    commit();
    expect((await released()).code).toBe(0);
    expect((await released()).code).toBe(
      'usage: the git tree has changes that are not committed: M CHANGELOG.md, M sigpack.lock, M sigpack.yml. Release 1.1.0 has been written and is not committed: commit its files and tag the commit v1.1.0, then release again.',
    );
    commit();
    write('sigpack.lock', `${read('sigpack.lock')}\n`);
    expect((await released()).code).toMatch(/M sigpack\.lock\. Commit or stash them/);
  });

  test('without a date, which git has once something is committed', async () => {
    expect((await released()).code).toMatch(/not committed: \?\? /);
    rmSync(at('.git'), { recursive: true });
    const message =
      'a release takes its date and its commit from git: run git init and commit first, or set SOURCE_DATE_EPOCH for a release without a commit';
    expect((await released()).code).toBe(`usage: ${message}`);
  });

  test('for a version that exists', async () => {
    await publish('1.0.0');
    git('tag', 'v1.1.0');
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    commit();
    expect(await released()).toMatchObject({
      code: 'usage: version 1.1.0 exists already: the git tag v1.1.0',
    });
    mkdirSync(at('dist/release/2.0.0'));
    expect(await released({ bump: 'major' })).toMatchObject({
      code: 'usage: version 2.0.0 exists already: the folder dist/release/2.0.0',
    });
  });

  test('for tests that fail', async () => {
    write(
      'rules/a.test.yml',
      "tests:\n  - name: found\n    match: true\n    event: { Image: 'C:\\other.exe' }\n",
    );
    commit();
    const { code, out } = await released();
    expect(code).toBe(1);
    expect(out).toContain('TST006');
    expect(existsSync(at('sigpack.lock'))).toBe(false);
  });

  test('for rules in error, unless the configuration says otherwise', async () => {
    write(
      'rules/bad.yml',
      'title: Bad\nlogsource: { product: windows }\ndetection: { sel: { a: b }, condition: nothing }\n',
    );
    commit();
    expect((await released()).code).toBe(1);
    write('sigpack.yml', `${read('sigpack.yml')}failOn: never\n`);
    commit();
    expect((await released()).code).toBe(0);
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, text.indexOf('severity'))],
    [
      'merged with conflict marks',
      (text: string) =>
        text.replace('retired:', '<<<<<<< ours\nretired:\n=======\n>>>>>>> theirs\n'),
    ],
    ['edited into nonsense', (text: string) => text.replace('revision: 1', 'revision: many')],
    ['of another pack', (text: string) => text.replace('id: acme', 'id: other')],
  ])('for a lock that is %s, and so is a build; nothing is lost', async (_, spoil) => {
    await publish('1.0.0');
    const spoilt = spoil(read('sigpack.lock'));
    write('sigpack.lock', spoilt);
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    commit();
    for (const { code, out } of [await released(), await built(false), await diffed(undefined)]) {
      expect(code).toBe(2);
      expect(out).toContain('LCK001');
    }
    expect(read('sigpack.lock')).toBe(spoilt);
    expect(read('CHANGELOG.md')).not.toContain('## [1.1.0]');
  });

  test('by a key that is none', async () => {
    commit();
    write('dist/key.pem', 'no key');
    chmodSync(at('dist/key.pem'), 0o600);
    expect(await released({ sign: at('dist/key.pem') })).toMatchObject({
      code: expect.stringContaining('it is not a private key in PEM'),
    });
  });

  test.runIf(process.platform !== 'win32').each([0o644, 0o640, 0o601])(
    'by a key that others can read: mode %o',
    async (mode) => {
      commit();
      write(
        'dist/key.pem',
        generateKeyPairSync('ed25519')
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      );
      chmodSync(at('dist/key.pem'), mode);
      expect(await released({ sign: at('dist/key.pem') })).toMatchObject({
        code: expect.stringMatching(
          /the signing key .*key\.pem can be read by others; chmod 600 it/,
        ),
      });
      expect(existsSync(at('dist/release'))).toBe(false);
    },
  );
});

test('a signed release is verified, and a changed file of it is not', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  write('dist/key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  chmodSync(at('dist/key.pem'), 0o600);
  write('dist/key.pub', publicKey.export({ type: 'spki', format: 'pem' }).toString());
  git('remote', 'add', 'origin', 'https://me:hu@sh@git.example.org/acme/rules.git?token=hush');
  await publish('1.0.0', { sign: at('dist/key.pem') });
  const statement =
    readEnvelope(read('dist/release/1.0.0/acme-1.0.0.intoto.jsonl'))?.payload.toString() ?? '';
  for (const name of readdirSync(at('dist/release/1.0.0')))
    expect(read(`dist/release/1.0.0/${name}`) + statement, name).not.toMatch(/hush|sh@|PRIVATE/);
  expect(statement).toContain('"git+https://git.example.org/acme/rules.git"');
  const { predicateType, subject } = JSON.parse(statement) as {
    predicateType: string;
    subject: readonly { name: string }[];
  };
  expect(predicateType).toBe('https://slsa.dev/provenance/v1');
  // all files, but those that come after it
  const later = new Set(['SHA256SUMS', 'SHA256SUMS.sig', 'acme-1.0.0.intoto.jsonl']);
  const names = readdirSync(at('dist/release/1.0.0')).filter((name) => !later.has(name));
  expect(subject.map(({ name }) => name)).toEqual(names.sort());
  expect(names).toContain('acme-1.0.0.cdx.json');
  const check = () => said(() => verify([at('dist/release/1.0.0')], { key: at('dist/key.pub') }));
  expect((await check()).code).toBe(0);
  write('dist/release/1.0.0/manifest.json', '{}');
  expect((await check()).code).toBe(1);
});

test('a release that is not signed has the statement alone, since an envelope without a signature is none', async () => {
  const out = await publish('1.0.0');
  const names = readdirSync(at('dist/release/1.0.0'));
  expect([
    names.includes('acme-1.0.0.intoto.json'),
    names.includes('acme-1.0.0.intoto.jsonl'),
    names.includes('SHA256SUMS.sig'),
  ]).toEqual([true, false, false]);
  const statement = read('dist/release/1.0.0/acme-1.0.0.intoto.json');
  expect(JSON.parse(statement)).toMatchObject({ predicateType: 'https://slsa.dev/provenance/v1' });
  const made = git('rev-parse', 'v1.0.0^').trim();
  expect([/"gitCommit": "(.*)"/.exec(statement)?.[1], out]).toEqual([
    made,
    expect.stringContaining(`names ${made.slice(0, 12)}, the commit before that one.`),
  ]);
  expect((await said(() => verify([at('dist/release/1.0.0')], {}))).code).toBe(0);
});

describe('build --frozen', () => {
  test('builds what the lock says and nothing else', async () => {
    expect((await built(true)).out).toContain('there is no sigpack.lock');
    await publish('1.0.0');
    expect((await built(true)).code).toBe(0);
    expect(
      readFileSync(at('dist/packs/acme-1.0.0.spl')).equals(
        readFileSync(at('dist/release/1.0.0/acme-1.0.0.spl')),
      ),
    ).toBe(true);
    rmSync(at('dist/packs'), { recursive: true });
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    rmSync(at('rules/b.yml'));
    write('rules/d.yml', rule(4, 'Fourth', '\\d.exe'));
    const { code, out } = await built(true);
    expect(code).toBe(1);
    expect(out).toMatch(
      /sigpack\.lock:\d+:3.*LCK002.*"First" \(00000000-0000-4000-8000-000000000001\): its condition differs/,
    );
    expect(out).toContain('"Second" (00000000-0000-4000-8000-000000000002): is in the lock alone');
    expect(out).toContain('"Fourth" (00000000-0000-4000-8000-000000000004): is not in the lock');
    expect(existsSync(at('dist/packs'))).toBe(false);
    expect((await built(false)).code).toBe(0);
  });

  const packSettings = [
    [
      'Enterprise Security',
      'splunk: { index: "*", enterpriseSecurity: true }',
      'splunk.enterpriseSecurity: false → true',
    ],
    [
      'an index',
      'splunk: { index: other }',
      'macro acme_windows_process_creation: index=* → index=other',
    ],
    [
      'a summary index',
      'splunk: { index: "*", summaryIndex: soc }',
      'splunk.summaryIndex: (none) → soc',
    ],
    [
      'a title prefix',
      'graylog: { streams: all, titlePrefix: "[x] " }',
      'graylog.titlePrefix: (none) → [x] ',
    ],
    [
      'a notification',
      'graylog: { streams: all, notification: { type: http } }',
      'graylog.notification: (none) → {"type":"http"}',
    ],
    ['streams', 'graylog: { streams: [Windows] }', 'graylog.streams: (none) → Windows'],
    [
      'priorities',
      'graylog: { streams: all, priority: { high: 2 } }',
      'graylog.priority: (none) → {"high":2}',
    ],
    [
      'no dashboard',
      'graylog: { streams: all, dashboard: false }',
      'graylog.dashboard: true → false',
    ],
    [
      'a description',
      'description: Ours.',
      'description: Detections compiled from Sigma rules. → Ours.',
    ],
  ] as const;
  test.each(
    spread(0, packSettings.length - 1, 4).flatMap((index) =>
      packSettings[index] ? [packSettings[index]] : [],
    ),
  )('sees %s as a change, and so do diff and release', async (_, line, change) => {
    await publish('1.0.0');
    const key = line.replace(/:.*/, '');
    write(
      'sigpack.yml',
      `${read('sigpack.yml').replace(new RegExp(`^${key}:.*\n`, 'm'), '')}${line}\n`,
    );
    const frozen = await built(true);
    expect([frozen.code, frozen.out]).toEqual([
      1,
      expect.stringContaining(`LCK002]: a setting of the pack differs: ${change.trim()}`),
    ]);
    expect((await diffed(undefined)).out).toContain(`settings of the pack\n  ${change.trim()}`);
    expect((await diffed(undefined, undefined, 'markdown')).out).toContain('setting of the pack');
    const out = await publish('1.0.1');
    expect(out).toContain('(patch: 1 pack)');
    expect(read('CHANGELOG.md')).toMatch(
      /## \[1\.0\.1\].*\n\n### Changed\n\n- Setting of the pack: /,
    );
    expect((await built(true)).code).toBe(0);
  });

  test('takes a lock of an older Sigpack, which has no settings of the pack', async () => {
    await publish('1.0.0');
    write('sigpack.lock', read('sigpack.lock').replace(/^ {2}settings:\n(?: {4}.*\n)+/m, ''));
    expect(read('sigpack.lock')).not.toContain('enterpriseSecurity');
    expect((await built(true)).code).toBe(0);
  });
});

describe('sigpack diff', () => {
  test('says why it shows no condition where git has no tag of the lock', async () => {
    await publish('1.0.0');
    git('tag', '--delete', 'v1.0.0');
    expect((await diffed(undefined)).out).not.toContain('no tag');
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    const { out } = await diffed(undefined);
    expect(out).not.toContain('newly catches');
    expect(out).toContain('sigpack: git has no tag v1.0.0, and sigpack.lock has digests alone:');
  });

  test('tells what a change catches, and which test events change sides', async () => {
    write(
      'rules/a.test.yml',
      "tests:\n  - name: other tool\n    match: false\n    event: { Image: 'C:\\z.exe' }\n",
    );
    await publish('1.0.0');
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    cpSync(at('rules/b.yml'), at('rules/moved.yml'));
    rmSync(at('rules/b.yml'));
    write(
      'rules/c.yml',
      rule(3, 'Third', '\\c.exe', 'sigpack: { interval: 5m }\n').replace(
        'level: high',
        'level: low',
      ),
    );
    const { out } = await diffed(undefined);
    expect(out).toContain('sigpack.lock 1.0.0 → work tree');
    expect(out).toContain(
      '1 meaning changed, 1 severity or settings changed, 1 moved, 0 unchanged',
    );
    expect(out).toContain("newly catches Image: '*\\z.exe'");
    expect(out).toContain("no longer catches Image: '*\\a.exe'");
    expect(out).toContain('severity high → low');
    expect(out).toContain('file rules/b.yml → rules/moved.yml');
    expect(out).toContain('First: other tool: 0 matches before, 1 match now');
    const json = JSON.parse((await diffed('v1.0.0', undefined, 'json')).out) as {
      readonly changes: readonly { readonly kinds: readonly string[] }[];
      readonly tests: readonly unknown[];
    };
    expect(json.changes.map(({ kinds }) => kinds)).toEqual([['meaning'], ['settings'], ['moved']]);
    expect(json.tests).toHaveLength(1);
    const { out: markdown } = await diffed('v1.0.0', undefined, 'markdown');
    expect(markdown).toContain(
      '### Test events that change sides\n\n- First: other tool: 0 → 1 matches\n',
    );
    expect(markdown).toContain('### Moved\n\n- **Second** (high, rules/moved.yml)\n');
  });

  test('between artifacts, folders and revisions', async () => {
    await publish('1.0.0');
    write('rules/a.yml', rule(1, 'First', '\\z.exe'));
    write('rules/d.yml', rule(4, 'Fourth', '\\d.exe'));
    await publish('1.1.0');
    for (const [from, to] of [
      ['v1.0.0', 'v1.1.0'],
      [at('dist/release/1.0.0'), at('dist/release/1.1.0')],
      [at('dist/release/1.0.0/acme-1.0.0.spl'), at('dist/release/1.1.0/acme-1.1.0.zip')],
      [
        at('dist/release/1.0.0/acme-1.0.0-graylog.json'),
        at('dist/release/1.1.0/acme-1.1.0-graylog.json'),
      ],
    ] as const) {
      const { code, out } = await diffed(from, to);
      expect(code).toBe(0);
      expect(out).toMatch(/1 added, 1 (?:meaning|query) changed, 2 unchanged/);
    }
    expect((await diffed('nothing')).code).toBe(
      'usage: there is no file, folder or revision of git "nothing"',
    );
    write('dist/x.json', '{}');
    expect((await diffed(at('dist/x.json'))).code).toMatch(
      /neither a manifest of Sigpack nor a content pack/,
    );
  });

  test('does not call a rule removed or added that only does not compile', async () => {
    await publish('1.0.0');
    write(
      'rules/a.yml',
      rule(1, 'First', '\\a.exe').replace('condition: sel', 'condition: nothing'),
    );
    rmSync(at('rules/b.yml'));
    const { out } = await diffed(undefined);
    expect(out).toContain('work tree: 1 error in rules or for a target (sigpack check shows them)');
    expect(out).toContain('1 removed, 1 unchanged');
    expect(out).toMatch(
      /does not compile\n {2}rules\/a\.yml:9:14: .*nothing.* \(SIG031, work tree\)\n/,
    );
    expect(out).toContain('not compared, since an error leaves them out on one side\n  First\n');
    const { out: markdown } = await diffed('v1.0.0', undefined, 'markdown');
    expect(markdown).toMatch(
      /## Detections: v1\.0\.0 → work tree\n\n### Does not compile\n\n- rules\/a\.yml:9:14 \(work tree\): .*\n\nNot compared.*:\n\n- First\n\n\*\*1\*\* removed/,
    );
    expect(markdown).toContain('### Removed\n\n- **Second**');
    expect(markdown).not.toMatch(/parameter gone/);
    // the other way round it was not added either
    const { out: back } = await diffed(folder, 'v1.0.0', 'markdown');
    expect(back).toMatch(/### Does not compile\n\n- rules\/a\.yml:9:14 \(work tree\)/);
    expect(back).toContain('**1** added, 1 unchanged.');
  });

  test('puts nothing of a rule into the terminal or into Markdown as markup', async () => {
    commit();
    write('rules/a.yml', rule(1, '"\\e[31mred\\u202e <b>|`x` [a](b)"', '\\a.exe'));
    const { out } = await diffed('HEAD');
    for (const sign of ['\u001b', '\u202e']) expect(out).not.toContain(sign);
    const { out: markdown } = await diffed('HEAD', undefined, 'markdown');
    for (const sign of ['\u001b', '\u202e', '<b>']) expect(markdown).not.toContain(sign);
    expect(markdown).not.toMatch(/[^\\]\]\(b\)/);
  });
});

test('a pipeline that changes queries makes a minor release, and the rules are not said to have changed', async () => {
  await publish('1.0.0');
  write(
    'pipeline.yml',
    'name: p\npriority: 1\ntransformations:\n  - id: f\n    type: field_name_mapping\n    mapping: { Image: process }\n',
  );
  write('sigpack.yml', read('sigpack.yml').replace('splunk: none', 'splunk: [pipeline.yml]'));
  expect(await publish('1.1.0')).toContain('3 query changed by a backend or pipeline');
  expect(read('CHANGELOG.md')).toContain('- [First](rules/a.yml) (high): query\n');
});

test('the rules of versions can be set', async () => {
  write(
    'sigpack.yml',
    `${read('sigpack.yml')}release: { bump: { meaning: major }, output: dist/out, changelog: docs/CHANGES.md }\n`,
  );
  await publish('1.0.0');
  write('rules/a.yml', rule(1, 'First', '\\z.exe'));
  await publish('2.0.0');
  expect(existsSync(at('dist/out/2.0.0/acme-2.0.0.spl'))).toBe(true);
  expect(read('docs/CHANGES.md')).toContain('## [2.0.0]');
});
