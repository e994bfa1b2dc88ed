import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Finished,
  finishRelease,
  type ReleaseWrites,
  writeRelease,
} from '../src/cli/release/files.ts';
import { releaseState, takeReleaseLock } from '../src/cli/release/stage.ts';
import { callsOf, type KilledRun, killedAt } from './kills.ts';
import { spread } from './thoroughness.ts';

let root = '';
let before = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sigpack-crash-'));
  before = join(root, 'before');
  mkdirSync(before);
  for (const name of ['sigpack.yml', 'sigpack.lock', 'CHANGELOG.md'])
    writeFileSync(join(before, name), `old ${name}`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const writes = {
  files: ['sigpack.yml', 'CHANGELOG.md', 'sigpack.lock'].map((path) => ({
    path,
    content: `new ${path}`,
  })),
  output: {
    path: 'dist/release/1.1.0',
    files: [
      { path: 'a.spl', content: 'app' },
      { path: 'SHA256SUMS', content: 'sums' },
    ],
  },
};

/** Every file below a folder with its content. */
function tree(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths
      .filter((path) => lstatSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}

function locked<T>(folder: string, work: () => T): T {
  const unlock = takeReleaseLock(folder);
  try {
    return work();
  } finally {
    unlock();
  }
}
const finished = (folder: string): Finished | undefined =>
  locked(folder, () => finishRelease(folder));
const written = (folder: string, what: ReleaseWrites): void =>
  locked(folder, () => writeRelease(folder, what));

/** A lock that was just created says nothing yet; here, its process is known to be gone. */
function ageEmptyLock(folder: string): void {
  const lock = join(folder, '.sigpack-release', 'lock');
  const then = new Date(Date.now() - 60_000);
  if (statSync(lock, { throwIfNoEntry: false })?.size === 0) utimesSync(lock, then, then);
}

/** A release into a copy of the folder, in a process of its own. */
function releaseInto(name: string): KilledRun {
  const folder = join(root, name);
  cpSync(before, folder, { recursive: true });
  const module = (path: string): string =>
    JSON.stringify(
      pathToFileURL(join(import.meta.dirname, '..', 'dist', 'modules', 'cli', `${path}.js`)).href,
    );
  const script = `import { writeRelease } from ${module('release/files')}; import { takeReleaseLock } from ${module('release/stage')};
    const unlock = takeReleaseLock(${JSON.stringify(folder)}); writeRelease(${JSON.stringify(folder)}, ${JSON.stringify(writes)}); unlock();`;
  return { args: ['--input-type=module', '-e', script], below: folder };
}

test('a release that is killed at any call leaves the tree as it was, or is done by the next command', async () => {
  const whole = releaseInto('whole');
  const { calls } = callsOf(whole);
  const done = tree(whole.below);
  expect(done).toEqual({
    'CHANGELOG.md': 'new CHANGELOG.md',
    'dist/release/1.1.0/SHA256SUMS': 'sums',
    'dist/release/1.1.0/a.spl': 'app',
    'sigpack.lock': 'new sigpack.lock',
    'sigpack.yml': 'new sigpack.yml',
  });
  expect(calls).toBeGreaterThan(20);
  const outcomes = new Set<string>();
  const killed = releaseInto('killed');
  const folder = killed.below;
  await killedAt(killed, spread(1, calls, 10), () => {
    const begun = existsSync(join(folder, '.sigpack-release', 'journal.json'));
    expect(releaseState(folder)).toBe(begun ? 'cut off' : undefined);
    ageEmptyLock(folder);
    finished(folder);
    const after = Object.fromEntries(
      Object.entries(tree(folder)).filter(([path]) => !path.startsWith('.sigpack-release')),
    );
    const state = JSON.stringify(after) === JSON.stringify(done) ? 'done' : 'as it was';
    if (state === 'as it was') expect(after).toEqual(tree(before));
    if (begun) expect(state).toBe('done');
    outcomes.add(state);
    // and the next release works
    written(folder, {
      files: writes.files,
      output: { ...writes.output, path: 'dist/release/1.2.0' },
    });
    expect(tree(folder)['sigpack.lock']).toBe('new sigpack.lock');
    expect(existsSync(join(folder, '.sigpack-release'))).toBe(false);
  });
  expect([...outcomes].sort()).toEqual(['as it was', 'done']);
});

/** A release that was cut off when its journal was written and nothing was moved. */
function cutOff(name: string): string {
  const folder = join(root, name);
  cpSync(before, folder, { recursive: true });
  const stage = join(folder, '.sigpack-release');
  mkdirSync(join(stage, 'output'), { recursive: true });
  for (const { path, content } of writes.output.files)
    writeFileSync(join(stage, 'output', path), content);
  for (const [index, { content }] of writes.files.entries())
    writeFileSync(join(stage, `file-${index}`), content);
  const moves = [
    { from: 'output', to: writes.output.path },
    ...writes.files.map(({ path }, index) => ({ from: `file-${index}`, to: path })),
  ];
  writeFileSync(join(stage, 'journal.json'), JSON.stringify({ moves }));
  return folder;
}

test('a release that was cut off is finished where another one has written the same', () => {
  const folder = cutOff('same');
  mkdirSync(join(folder, 'dist/release/1.1.0'), { recursive: true });
  for (const { path, content } of writes.output.files)
    writeFileSync(join(folder, 'dist/release/1.1.0', path), content);
  expect(finished(folder)).toMatchObject({ kind: 'finished' });
  expect(tree(folder)).toMatchObject({
    'sigpack.lock': 'new sigpack.lock',
    'dist/release/1.1.0/a.spl': 'app',
  });
  expect(existsSync(join(folder, '.sigpack-release'))).toBe(false);
});

test('a release that was cut off is finished where its folder was made and is empty', () => {
  const folder = cutOff('empty');
  mkdirSync(join(folder, 'dist/release/1.1.0'), { recursive: true });
  expect(finished(folder)).toMatchObject({ kind: 'finished' });
  expect(tree(folder)).toMatchObject({
    'sigpack.lock': 'new sigpack.lock',
    'dist/release/1.1.0/a.spl': 'app',
  });
});

test.each([
  ['has written other bytes', { 'a.spl': 'other app', SHA256SUMS: 'sums' }],
  ['has written a file more', { 'a.spl': 'app', SHA256SUMS: 'sums', more: '' }],
])(
  'a release that was cut off before it moved anything is given up where another one %s',
  (name, files) => {
    const folder = cutOff(name);
    mkdirSync(join(folder, 'dist/release/1.1.0'), { recursive: true });
    for (const [path, content] of Object.entries(files))
      writeFileSync(join(folder, 'dist/release/1.1.0', path), content);
    const untouched = Object.fromEntries(
      Object.entries(tree(folder)).filter(([path]) => !path.startsWith('.sigpack-release')),
    );
    expect(finished(folder)).toEqual({ kind: 'given up', path: 'dist/release/1.1.0' });
    expect(tree(folder)).toEqual(untouched);
    expect(existsSync(join(folder, '.sigpack-release'))).toBe(false);
    written(folder, { ...writes, output: { ...writes.output, path: 'dist/release/1.2.0' } });
    expect(tree(folder)['sigpack.lock']).toBe('new sigpack.lock');
  },
);

test('a folder in the way of the last files is named, and the release goes on when it is moved away', () => {
  const folder = cutOff('in the way');
  rmSync(join(folder, '.sigpack-release', 'file-0'));
  rmSync(join(folder, 'CHANGELOG.md'));
  mkdirSync(join(folder, 'CHANGELOG.md'));
  expect(() => finished(folder)).toThrow(
    /CHANGELOG\.md is in the way of the release that was cut off; move it away/,
  );
  rmSync(join(folder, 'CHANGELOG.md'), { recursive: true });
  expect(finished(folder)).toMatchObject({ kind: 'finished' });
});

test.each([
  ['a file where the output belongs', (folder: string) => writeFileSync(join(folder, 'dist'), '')],
  [
    'a link that leads nowhere',
    (folder: string) => symlinkSync(join(folder, 'nowhere'), join(folder, 'dist')),
  ],
])('%s is found before anything is moved', (name, prepare) => {
  const folder = join(root, name);
  cpSync(before, folder, { recursive: true });
  prepare(folder);
  expect(() => written(folder, writes)).toThrow(
    /dist is a (?:file|link that leads nowhere); a folder is needed there/,
  );
  expect(tree(folder)['sigpack.lock']).toBe('old sigpack.lock');
  expect(existsSync(join(folder, '.sigpack-release'))).toBe(false);
});

test('a release under way is nothing that git would commit', () => {
  const folder = join(root, 'git');
  cpSync(before, folder, { recursive: true });
  spawnSync('git', ['init', '-q'], { cwd: folder });
  const unlock = takeReleaseLock(folder);
  writeFileSync(join(folder, '.sigpack-release', 'file-0'), 'half');
  unlock();
  const { stdout } = spawnSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' });
  expect(stdout.split('\n').sort()).toEqual([
    '',
    '?? CHANGELOG.md',
    '?? sigpack.lock',
    '?? sigpack.yml',
  ]);
});
