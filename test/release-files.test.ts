import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finishRelease, writeRelease } from '../src/cli/release-files.ts';
import { spread } from './thoroughness.ts';

let root = '';
let before = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sigpack-crash-'));
  before = join(root, 'before');
  mkdirSync(before);
  for (const name of ['sigpack.yml', 'sigpack.lock', 'CHANGELOG.md']) writeFileSync(join(before, name), `old ${name}`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const writes = {
  files: ['sigpack.yml', 'CHANGELOG.md', 'sigpack.lock'].map((path) => ({ path, content: `new ${path}` })),
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
  return Object.fromEntries(paths.filter((path) => statSync(join(folder, path)).isFile()).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** A copy of the folder in which a release dies at its n-th call; what was printed. */
function crashed(n: number): { readonly folder: string; readonly stdout: string; readonly signal: NodeJS.Signals | null } {
  const folder = join(root, `at-${n}`);
  cpSync(before, folder, { recursive: true });
  const module = pathToFileURL(join(import.meta.dirname, '..', 'dist', 'modules', 'cli', 'release-files.js')).href;
  const script = `import { writeRelease } from ${JSON.stringify(module)}; writeRelease(${JSON.stringify(folder)}, ${JSON.stringify(writes)});`;
  const preload = pathToFileURL(join(import.meta.dirname, 'crash-at.mjs')).href;
  const { stdout, signal } = spawnSync(process.execPath, ['--import', preload, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, CRASH_AT: String(n), CRASH_BELOW: folder },
  });
  return { folder, stdout, signal };
}

test('a release that is killed at any call leaves the tree as it was, or is done by the next command', () => {
  const whole = crashed(0);
  const done = tree(whole.folder);
  expect(done).toEqual({
    'CHANGELOG.md': 'new CHANGELOG.md',
    'dist/release/1.1.0/SHA256SUMS': 'sums',
    'dist/release/1.1.0/a.spl': 'app',
    'sigpack.lock': 'new sigpack.lock',
    'sigpack.yml': 'new sigpack.yml',
  });
  const calls = Number(/calls (\d+)/.exec(whole.stdout)?.[1]);
  expect(calls).toBeGreaterThan(20);
  const outcomes = new Set<string>();
  for (const n of spread(1, calls, 6)) {
    const { folder, signal } = crashed(n);
    expect(signal).toBe('SIGKILL');
    const begun = existsSync(join(folder, '.sigpack-release', 'journal.json'));
    finishRelease(folder);
    const { '.sigpack-release/pid': _, ...after } = Object.fromEntries(
      Object.entries(tree(folder)).filter(([path]) => !/^\.sigpack-release\/(?!pid)/.test(path)),
    );
    const state = JSON.stringify(after) === JSON.stringify(done) ? 'done' : 'as it was';
    if (state === 'as it was') expect(after).toEqual(tree(before));
    if (begun) expect(state).toBe('done');
    outcomes.add(state);
    // and the next release works
    writeRelease(folder, { files: writes.files, output: { ...writes.output, path: 'dist/release/1.2.0' } });
    expect(tree(folder)['sigpack.lock']).toBe('new sigpack.lock');
    expect(existsSync(join(folder, '.sigpack-release'))).toBe(false);
    rmSync(folder, { recursive: true });
  }
  expect([...outcomes].sort()).toEqual(['as it was', 'done']);
});

test('a release that another process is at is left alone', () => {
  const folder = join(root, 'two');
  cpSync(before, folder, { recursive: true });
  mkdirSync(join(folder, '.sigpack-release'));
  writeFileSync(join(folder, '.sigpack-release', 'pid'), String(process.ppid));
  expect(() => writeRelease(folder, writes)).toThrow('another sigpack release is under way here');
  expect(existsSync(join(folder, '.sigpack-release'))).toBe(true);
});
