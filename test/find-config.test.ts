import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { build } from '../src/cli/command/build/run.ts';
import { convert } from '../src/cli/command/convert/run.ts';
import { diff } from '../src/cli/command/diff/run.ts';
import { match } from '../src/cli/command/match/run.ts';
import { release } from '../src/cli/command/release/run.ts';
import { stats } from '../src/cli/command/stats/run.ts';
import { test as runTests } from '../src/cli/command/test/run.ts';
import { install, uninstall } from '../src/cli/install/install-command.ts';
import { status } from '../src/cli/install/status-command.ts';
import { anyEvents } from './project-folder.ts';
import { type Said, said } from './said.ts';

const home = process.cwd();
const made: string[] = [];
let folder = '';
const at = (path: string): string => join(folder, path);
function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
}

const rule =
  'title: A rule\nid: 11111111-1111-4111-8111-111111111111\nstatus: test\nlevel: high\nlogsource: { product: linux }\ndetection: { s: { a: x }, condition: s }\n';

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sigpack-find-')));
  made.push(folder);
  write({
    'project/sigpack.yml': `id: outer\ntitle: Outer\n${anyEvents}`,
    'project/rules/deep/a.yml': rule,
    'elsewhere/sigpack.yml': `id: else\ntitle: Elsewhere\n${anyEvents}`,
  });
  process.chdir(at('project/rules/deep'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  process.chdir(home);
});
afterAll(() => {
  for (const one of made) rmSync(one, { recursive: true, force: true });
});

const checked = (config?: string): Promise<Said> =>
  said(() =>
    build([], {
      format: 'text',
      verbose: false,
      dryRun: true,
      ...(config === undefined ? {} : { config }),
    }),
  );

describe('the configuration', () => {
  test('is the first one from the working directory upwards, and the report says which', async () => {
    expect((await checked()).out).toMatch(
      /^Configuration: \.\.\/\.\.\/sigpack\.yml\nOuter 1\.0\.0\n1 rule read/,
    );
    write({ 'project/rules/sigpack.yml': `title: Inner\nrules: [deep]\n${anyEvents}` });
    expect((await checked()).out).toMatch(
      /^Configuration: \.\.\/sigpack\.yml\nInner 1\.0\.0\n1 rule read/,
    );
    write({ 'project/rules/deep/sigpack.yml': `title: Near here\nrules: [.]\n${anyEvents}` });
    expect((await checked()).out).toMatch(
      /^Configuration: sigpack\.yml\nNear here 1\.0\.0\n1 rule read/,
    );
  });

  test('that is a link to nothing is an error, and no reason to take the one above', async () => {
    symlinkSync(at('nowhere.yml'), at('project/rules/sigpack.yml'));
    const { code, out } = await checked();
    expect([code, out]).toEqual([
      2,
      expect.stringContaining('../sigpack.yml: there is no such file or folder'),
    ]);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'of another user in a folder above is passed over',
    async () => {
      chownSync(at('project/sigpack.yml'), 12_345, 12_345);
      expect((await checked()).out).toMatch(/^Configuration: none/);
      // whose checkout it is, may say what is built in it
      chownSync(at('project/rules/deep'), 12_345, 12_345);
      expect((await checked()).out).toMatch(/^Configuration: \.\.\/\.\.\/sigpack\.yml\n/);
    },
  );

  test('is the one of -c, else that of SIGPACK_CONFIG, else the one found', async () => {
    write({ 'third/sigpack.yml': `title: Third\n${anyEvents}` });
    vi.stubEnv('SIGPACK_CONFIG', at('elsewhere/sigpack.yml'));
    expect((await checked()).out).toContain('\nElsewhere 1.0.0\n');
    expect((await checked('../../../third/sigpack.yml')).out).toContain('\nThird 1.0.0\n');
    // as a folder, like the project of tsc
    expect((await checked('../../../third')).out).toContain('\nThird 1.0.0\n');
    expect((await checked('../../../project/rules')).code).toBe(
      'usage: there is no sigpack.yml in ../../rules',
    );
    vi.stubEnv('SIGPACK_CONFIG', '');
    expect((await checked()).out).toContain('\nOuter 1.0.0\n');
  });

  test('that is named and not there is wrong use', async () => {
    expect((await checked('no.yml')).code).toBe('usage: there is no configuration file no.yml');
    vi.stubEnv('SIGPACK_CONFIG', 'no.yml');
    expect((await checked()).code).toBe(
      'usage: there is no configuration file no.yml (SIGPACK_CONFIG)',
    );
  });

  test('names the places of installs: without one, there is nothing to ask', async () => {
    mkdirSync(at('empty'));
    process.chdir(at('empty'));
    const missing = 'usage: no sigpack.yml here or above, which names places under installs: ';
    const places = { to: 'lab', yes: true, verbose: false, format: 'text' } as const;
    for (const run of [
      () => status(undefined, { format: 'text' }),
      () => install('dist/packs', places),
      () => uninstall(undefined, places),
    ])
      expect((await said(run)).code).toContain(missing);
  });

  test('is missed in no folder on the way, a repository of its own included', async () => {
    mkdirSync(at('project/rules/.git'));
    expect((await checked()).out).toContain('\nOuter 1.0.0\n');
  });

  test.skipIf(process.platform === 'win32')(
    'is not taken from a folder above where anybody may put one, such as /tmp',
    async () => {
      chmodSync(at('project'), 0o1777);
      expect((await checked()).out).toMatch(
        /^Configuration: none \(no sigpack\.yml here or above\)\n/,
      );
      process.chdir(at('project'));
      expect((await checked()).out).toContain('\nOuter 1.0.0\n');
    },
  );
});

describe('from a folder below the configuration', () => {
  const written = async (output?: string): Promise<Said> =>
    said(() =>
      build([], { format: 'text', verbose: false, dryRun: false, ...(output ? { output } : {}) }),
    );

  test('packs go to the same place and have the same bytes', async () => {
    expect((await written()).out).toContain('../../dist/packs/outer-1.0.0.spl');
    const names = [
      'manifest.json',
      'outer-1.0.0.spl',
      'outer-1.0.0.zip',
      'outer-1.0.0-graylog.json',
    ];
    const below = names.map((name) => readFileSync(at(`project/dist/packs/${name}`)));
    rmSync(at('project/dist'), { recursive: true });
    process.chdir(at('project'));
    expect((await written()).out).toContain('\ndist/packs/outer-1.0.0.spl');
    expect(names.map((name) => readFileSync(at(`project/dist/packs/${name}`)))).toEqual(below);
    expect(JSON.parse(String(below[0])).detections).toMatchObject([{ file: 'rules/deep/a.yml' }]);
  });

  test('a release is the same, and says where it is', async () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', '1700000000');
    const options = {
      bump: 'auto',
      dryRun: false,
      rename: false,
      dropRetired: false,
      fromLock: false,
      verbose: false,
    } as const;
    cpSync(at('project'), at('copy'), { recursive: true });
    const below = await said(() => release(options));
    expect(below.out).toContain('  ../../sigpack.lock\n  ../../dist/release/1.0.0/ (');
    process.chdir(at('copy'));
    expect((await said(() => release(options))).out).toContain(
      '  sigpack.lock\n  dist/release/1.0.0/ (',
    );
    const names = readdirSync(at('copy/dist/release/1.0.0')).sort();
    expect(names).toContain('outer-1.0.0.intoto.json');
    for (const name of [
      'sigpack.lock',
      'CHANGELOG.md',
      ...names.map((one) => `dist/release/1.0.0/${one}`),
    ]) {
      expect([name, readFileSync(at(`project/${name}`), 'utf8')]).toEqual([
        name,
        readFileSync(at(`copy/${name}`), 'utf8'),
      ]);
    }
  });

  test('paths of the command line count from where it is called', async () => {
    expect((await written('out')).code).toBe(0);
    expect(existsSync(at('project/rules/deep/out/manifest.json'))).toBe(true);
    expect(existsSync(at('project/dist'))).toBe(false);
    const run = await said(() =>
      build(['a.yml'], { format: 'text', verbose: false, dryRun: true }),
    );
    expect(run.out).toContain('1 rule read from 1 file');
  });

  test('tests are found, and diff compares the project with its lock', async () => {
    write({
      'project/rules/deep/a.test.yml': 'tests:\n  - { name: hit, match: true, event: { a: x } }\n',
    });
    const run = await said(() =>
      runTests([], { watch: false, format: 'text', coverage: false, verbose: false }),
    );
    expect(run.out).toMatch(/^Configuration: \.\.\/\.\.\/sigpack\.yml\n✓ a\.test\.yml/);
    const compared = await said(() =>
      diff(undefined, undefined, { format: 'text', verbose: false }),
    );
    expect(compared.code).toBe(
      'usage: there is no ../../sigpack.lock to compare with; name a revision, a folder or an artifact',
    );
  });
});

describe('reports name the configuration', () => {
  const json = async (run: () => Promise<number>): Promise<unknown> =>
    JSON.parse((await said(run)).out).configuration;

  test('in JSON as a field', async () => {
    const configuration = '../../sigpack.yml';
    const rules = ['../../rules'];
    expect(await json(() => build([], { format: 'json', verbose: false, dryRun: true }))).toBe(
      configuration,
    );
    expect(await json(() => stats([], { format: 'json', all: false }))).toBe(configuration);
    expect(
      await json(() =>
        runTests(rules, { watch: false, format: 'json', coverage: true, verbose: false }),
      ),
    ).toBe(configuration);
    process.chdir(at('elsewhere'));
    rmSync(at('elsewhere/sigpack.yml'));
    expect(
      await json(() => build(rules, { format: 'json', verbose: false, dryRun: true })),
    ).toBeNull();
  });

  test('in JSON of a configuration at fault too', async () => {
    write({ 'project/sigpack.yml': 'nonsense: 1\n' });
    expect(await json(() => build([], { format: 'json', verbose: false, dryRun: true }))).toBe(
      '../../sigpack.yml',
    );
  });

  test('with --verbose alone where standard output is data, and on standard error', async () => {
    write({ 'e.ndjson': '{"a":"x"}\n' });
    const events = [at('e.ndjson')];
    const streams = async (verbose: boolean): Promise<readonly string[]> => {
      const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
      const error = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      await convert(['a.yml'], { target: ['splunk'], verbose });
      await match(['a.yml'], { events, format: 'ndjson', verbose });
      await diff('.', '.', { format: 'json', verbose });
      const texts = [out, error].map((stream) => stream.mock.calls.join(''));
      out.mockRestore();
      error.mockRestore();
      return texts;
    };
    const [quiet, loud] = [await streams(false), await streams(true)];
    expect(quiet[0]).toMatch(/^a="x"\n\{"file"/);
    expect(loud[0]).toBe(quiet[0]);
    expect(quiet[1]).not.toContain('Configuration');
    expect(loud[1]?.match(/Configuration: \.\.\/\.\.\/sigpack\.yml\n/g)).toHaveLength(3);
  });
});

test('npm run sigpack takes paths from where npm was called', () => {
  const root = join(import.meta.dirname, '..');
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts.sigpack).toBe(
    'node scripts/sigpack.mjs',
  );
  const script = join(root, 'scripts', 'sigpack.mjs');
  const run = (env: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, [script, 'check', 'a.yml'], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });
  expect(run({ INIT_CWD: at('project/rules/deep') }).stdout).toMatch(
    /^Configuration: \.\.\/\.\.\/sigpack\.yml\n[\s\S]*1 rule read from 1 file/,
  );
  expect(run({}).stdout).toContain('0 rules read from 0 files');
});
