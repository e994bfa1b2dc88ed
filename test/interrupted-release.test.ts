import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { build } from '../src/cli/command/build/run.ts';
import { convert } from '../src/cli/command/convert/run.ts';
import { diff } from '../src/cli/command/diff/run.ts';
import { docs } from '../src/cli/command/docs/run.ts';
import { explain } from '../src/cli/command/explain/run.ts';
import { match } from '../src/cli/command/match/run.ts';
import { type ReleaseOptions, release } from '../src/cli/command/release/run.ts';
import { stats } from '../src/cli/command/stats/run.ts';
import { test as runTests } from '../src/cli/command/test/run.ts';
import { status } from '../src/cli/install/status-command.ts';
import { thisProcess } from '../src/cli/process/process-identity.ts';
import { openProject } from '../src/cli/project/project.ts';
import { type Said, said } from './said.ts';

let root = '';
/** A project whose release was cut off between two moves. */
let folder = '';
const at = (path: string): string => join(folder, path);
const config = (): { readonly config: string } => ({ config: at('sigpack.yml') });

const rule = (value: string): string =>
  `title: A rule\nid: 11111111-1111-4111-8111-111111111111\nstatus: test\nlevel: high\nlogsource: { product: linux }\ndetection: { s: { a: ${value} }, condition: s }\n`;

const releaseIn = (place: string, more: Partial<ReleaseOptions> = {}): Promise<Said> =>
  said(() =>
    release({
      config: join(place, 'sigpack.yml'),
      bump: 'auto',
      dryRun: false,
      rename: false,
      dropRetired: false,
      fromLock: false,
      verbose: false,
      ...more,
    }),
  );

/** Every file below a folder with its bytes. */
function tree(place: string): Readonly<Record<string, string>> {
  const paths = readdirSync(place, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths
      .filter((path) => statSync(join(place, path)).isFile())
      .map((path) => [path, readFileSync(join(place, path), 'latin1')]),
  );
}

beforeAll(async () => {
  vi.stubEnv('SOURCE_DATE_EPOCH', '1700000000');
  root = mkdtempSync(join(tmpdir(), 'sigpack-interrupted-'));
  const before = join(root, 'before');
  mkdirSync(join(before, 'rules'), { recursive: true });
  writeFileSync(
    join(before, 'sigpack.yml'),
    'id: cut\ntitle: Cut off\nversion: 1.0.0\nrevision: 1\ntargets: [splunk]\npipelines: { splunk: none }\nsplunk: { index: "*" }\n',
  );
  writeFileSync(join(before, 'rules', 'a.yml'), rule('x'));
  expect((await releaseIn(before)).code).toBe(0);
  writeFileSync(join(before, 'rules', 'a.yml'), rule('y'));
  cpSync(before, join(root, 'after'), { recursive: true });
  expect((await releaseIn(join(root, 'after'))).out).toContain('released 1.1.0');
});
beforeEach(() => {
  folder = join(root, 'cut');
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'before'), folder, { recursive: true });
  const moves = [
    { from: 'output', to: 'dist/release/1.1.0' },
    { from: 'file-0', to: 'sigpack.yml' },
    { from: 'file-1', to: 'CHANGELOG.md' },
    { from: 'file-2', to: 'sigpack.lock' },
  ];
  mkdirSync(at('.sigpack-release'));
  writeFileSync(at('.sigpack-release/.gitignore'), '*\n');
  for (const { from, to } of moves)
    cpSync(join(root, 'after', to), at(`.sigpack-release/${from}`), { recursive: true });
  writeFileSync(at('.sigpack-release/journal.json'), JSON.stringify({ moves }));
  // the configuration has the new version already, the lock has not
  for (const { from, to } of moves.slice(0, 2)) renameSync(at(`.sigpack-release/${from}`), at(to));
});
afterEach(() => {
  vi.stubEnv('SIGPACK_WAIT', undefined);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const rules = (): readonly string[] => [at('rules')];
const reading: Readonly<Record<string, () => Promise<number>>> = {
  build: () =>
    build([], { ...config(), output: at('out'), format: 'text', verbose: false, dryRun: false }),
  'build --frozen': () =>
    build([], {
      ...config(),
      output: at('out'),
      format: 'text',
      verbose: false,
      dryRun: false,
      frozen: true,
    }),
  check: () => build([], { ...config(), format: 'text', verbose: false, dryRun: true }),
  test: () =>
    runTests(rules(), {
      ...config(),
      watch: false,
      format: 'text',
      coverage: false,
      verbose: false,
    }),
  stats: () => stats([], { ...config(), all: false, format: 'text' }),
  docs: () => docs(rules(), { ...config(), output: at('pages'), format: 'md' }),
  convert: () => convert(rules(), { ...config(), target: ['splunk'], verbose: false }),
  explain: () => explain(rules(), { ...config(), target: 'splunk', verbose: false }),
  match: () =>
    match(rules(), { ...config(), events: [at('rules/a.yml')], format: 'text', verbose: false }),
  diff: () => diff(undefined, undefined, { ...config(), format: 'text', verbose: false }),
  'release --dry-run': () =>
    release({
      ...config(),
      bump: 'auto',
      dryRun: true,
      rename: false,
      dropRetired: false,
      fromLock: false,
      verbose: false,
    }),
};

describe('where a release was cut off between its moves', () => {
  test.each(Object.keys(reading))(
    '%s says so, writes nothing and makes nothing of two versions',
    async (command) => {
      const before = tree(folder);
      const { code, out } = await said(reading[command] ?? (async () => -1));
      // a diff reads the lock first
      expect(out).toContain(
        `${command === 'diff' ? 'sigpack.lock' : 'sigpack.yml'}:1:1: error[LCK003]: a release was cut off here`,
      );
      expect(out).toContain('Run `sigpack release`');
      expect(code).toBe(2);
      expect(tree(folder)).toEqual(before);
    },
  );

  test('status says so, and goes on: an installation must not wait for a release', async () => {
    expect(await said(() => status(undefined, { ...config(), format: 'text' }))).toMatchObject({
      code: expect.stringContaining('names no places under installs'),
      out: expect.stringContaining('`sigpack release` finishes it'),
    });
  });

  test('release finishes it and decides nothing else', async () => {
    const { code, out } = await releaseIn(folder);
    expect(code).toBe(0);
    expect(out).toMatch(/finished the release that was cut off:[\s\S]*sigpack\.lock/);
    expect(tree(folder)).toEqual(tree(join(root, 'after')));
    expect(await said(reading.check ?? (async () => -1))).toMatchObject({ code: 0 });
    expect((await releaseIn(folder)).out).toContain('nothing changed since 1.1.0');
  });

  // the folder may have been cloned, journal and all
  test.each([
    ['into the repository of git', '.git/hooks/pre-commit', /is not a journal of sigpack release/],
    ['out of the folder by a link', 'link/planted', /leads out of the folder of the configuration/],
    ['above the folder', '../planted', /is not a journal of sigpack release/],
  ])('a journal that leads %s is refused, and nothing is moved', async (_, to, message) => {
    mkdirSync(join(root, 'outside'), { recursive: true });
    symlinkSync(join(root, 'outside'), at('link'));
    writeFileSync(at('.sigpack-release/file-7'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(
      at('.sigpack-release/journal.json'),
      JSON.stringify({ moves: [{ from: 'file-7', to }] }),
    );
    const before = tree(folder);
    expect(String((await releaseIn(folder)).code)).toMatch(message);
    expect(tree(folder)).toEqual(before);
    expect(readdirSync(join(root, 'outside'))).toEqual([]);
  });

  test('a stage that was cloned with links in it writes to none of them', async () => {
    rmSync(folder, { recursive: true });
    cpSync(join(root, 'before'), folder, { recursive: true });
    mkdirSync(at('.sigpack-release'));
    writeFileSync(at('precious'), 'mine');
    for (const name of ['.gitignore', 'lock', 'file-0', 'journal.tmp', 'output'])
      symlinkSync(at('precious'), at(`.sigpack-release/${name}`));
    expect((await releaseIn(folder)).out).toContain('released 1.1.0');
    expect(readFileSync(at('precious'), 'utf8')).toBe('mine');
    expect(existsSync(at('.sigpack-release'))).toBe(false);
  });

  test('a journal whose files are gone is not a release, and brings no program', async () => {
    writeFileSync(at('.sigpack-release/file-2'), 'lock', { mode: 0o755 });
    writeFileSync(
      at('.sigpack-release/journal.json'),
      JSON.stringify({
        moves: [
          { from: 'file-2', to: 'sigpack.lock' },
          { from: 'file-8', to: 'LOST.md' },
        ],
      }),
    );
    expect(String((await releaseIn(folder)).code)).toMatch(
      /file-8 is missing; delete .*\.sigpack-release and restore the folder from git/,
    );
    expect(statSync(at('sigpack.lock')).mode & 0o111).toBe(0);
  });

  /** A release that another process is at. */
  const hold = (changes: object = {}): void =>
    writeFileSync(
      at('.sigpack-release/lock'),
      JSON.stringify({
        ...thisProcess(),
        pid: process.ppid,
        started: '',
        work: 'sigpack release',
        token: 'of another',
        ...changes,
      }),
    );

  test.each([
    [
      'in this machine',
      {},
      `sigpack release is under way (process ${process.ppid}); run the command again when it has ended`,
    ],
    ['in another one', { machine: 'far', host: 'ci-7' }, 'is under way (process 7 on ci-7)'],
  ])('a release that another process is at %s is left to it', async (_, changes, message) => {
    vi.stubEnv('SIGPACK_WAIT', '0');
    hold({ pid: changes === undefined || !('machine' in changes) ? process.ppid : 7, ...changes });
    const before = tree(folder);
    expect((await releaseIn(folder)).code).toContain(message);
    expect(tree(folder)).toEqual(before);
  });

  test('what is read while another process moves the files waits for it, and is of one version', async () => {
    hold();
    setTimeout(() => {
      for (const [from, to] of [
        ['file-1', 'CHANGELOG.md'],
        ['file-2', 'sigpack.lock'],
      ] as const)
        renameSync(at(`.sigpack-release/${from}`), at(to));
      rmSync(at('.sigpack-release'), { recursive: true });
    }, 120);
    expect(await said(reading['build --frozen'] ?? (async () => -1))).toMatchObject({
      code: 0,
      out: expect.stringContaining('1.1.0'),
    });
  });

  test('what was read when a release came is read again', async () => {
    rmSync(folder, { recursive: true });
    cpSync(join(root, 'before'), folder, { recursive: true });
    let reads = 0;
    const project = await openProject(
      {
        config: at('sigpack.yml'),
        lock: { retire: true },
        adjust: (read) => {
          // between reading and using, another release comes and goes
          if (++reads === 1)
            for (const name of ['sigpack.yml', 'sigpack.lock'])
              cpSync(join(root, 'after', name), at(name));
          return read;
        },
      },
      { format: 'json', verbose: false },
    );
    expect([reads, project.ok ? project.value.loaded.config.info.version : project.error]).toEqual([
      2,
      '1.1.0',
    ]);
  });

  test('a diff from the lock makes nothing of two versions either', async () => {
    const { code, out } = await said(() =>
      diff(at('sigpack.lock'), at('rules'), { ...config(), format: 'text', verbose: false }),
    );
    expect([code, out]).toEqual([
      2,
      expect.stringContaining('error[LCK003]: a release was cut off here'),
    ]);
  });

  test.each([
    [
      'is a folder',
      () => [
        rmSync(at('.sigpack-release/journal.json')),
        mkdirSync(at('.sigpack-release/journal.json')),
      ],
      /journal\.json cannot be read: it is a folder/,
    ],
    [
      'is empty',
      () => writeFileSync(at('.sigpack-release/journal.json'), ''),
      /journal\.json is not a journal/,
    ],
    [
      'moves nothing',
      () => writeFileSync(at('.sigpack-release/journal.json'), '{"moves":[]}'),
      /journal\.json is not a journal/,
    ],
    [
      'has a name that no disk takes',
      () =>
        writeFileSync(
          at('.sigpack-release/journal.json'),
          '{"moves":[{"from":"file-1","to":"a\\u0000b"}]}',
        ),
      /is not a journal/,
    ],
  ])('a journal that %s is said to be none', async (_, prepare, message) => {
    prepare();
    expect((await releaseIn(folder)).code).toMatch(message);
    expect(await said(reading.check ?? (async () => -1))).toMatchObject({ code: 2 });
  });

  test.each([
    ['leads out of the folder', { moves: [{ from: 'file-1', to: '../stolen' }] }],
    ['takes what is not in the stage', { moves: [{ from: '../rules/a.yml', to: 'CHANGELOG.md' }] }],
    ['has an absolute path', { moves: [{ from: 'file-1', to: '/tmp/stolen' }] }],
    ['is another kind of JSON', [1]],
  ])('a journal that %s is refused', async (_name, journal) => {
    writeFileSync(at('.sigpack-release/journal.json'), JSON.stringify(journal));
    const before = tree(root);
    expect((await releaseIn(folder)).code).toMatch(
      /^usage: .*journal\.json is not a journal of sigpack release/,
    );
    expect(tree(root)).toEqual(before);
  });

  test('a release that was cut off before its journal has not happened: no command cares, and the next release clears it away', async () => {
    rmSync(folder, { recursive: true });
    cpSync(join(root, 'before'), folder, { recursive: true });
    mkdirSync(dirname(at('.sigpack-release/file-0')));
    writeFileSync(at('.sigpack-release/file-0'), 'half');
    expect(await said(reading.check ?? (async () => -1))).toMatchObject({ code: 0 });
    expect(existsSync(at('.sigpack-release/file-0'))).toBe(true);
    expect((await releaseIn(folder)).out).toContain('released 1.1.0');
    expect(existsSync(at('.sigpack-release'))).toBe(false);
  });
});
