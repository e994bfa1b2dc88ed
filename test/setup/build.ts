import { execFileSync } from 'node:child_process';
import { globSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const built = ['dist/lib/cli/main.js', 'dist/lib/index.d.ts'].map((path) => join(root, path));

/** Builds what the tests run as a process, where it is older than its sources. */
export function setup(): void {
  const sources = [
    ...globSync('src/**/*.ts', { cwd: root }),
    'package.json',
    ...globSync('tsconfig*.json', { cwd: root }),
  ];
  const newest = Math.max(...sources.map((path) => statSync(join(root, path)).mtimeMs));
  if (built.every((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= newest))
    return;
  execFileSync('npm', ['run', '-s', 'build'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // tsc leaves a file alone that would not change
  const now = new Date();
  for (const path of built) utimesSync(path, now, now);
}
