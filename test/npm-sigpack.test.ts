import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { writeFiles } from './project-folder.ts';

const root = join(import.meta.dirname, '..');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The first step of a build here: it counts, fails on `fail`, and writes over it on `late`. */
const step = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
appendFileSync('builds', '.');
const text = readFileSync('src/a.ts', 'utf8');
if (text === 'fail') process.exit(3);
mkdirSync('dist/lib/cli', { recursive: true });
writeFileSync('dist/lib/cli/main.js', \`console.log(\${JSON.stringify(text)})\`);
if (text === 'late') writeFileSync('src/a.ts', 'after');
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-npm-'));
  folders.push(folder);
  const { engines, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { build, presigpack, sigpack } = scripts;
  const steps = /tsc -p .* && node scripts\/playground\.mjs/;
  expect(build).toMatch(steps);
  const own = { build: build.replace(steps, 'node step.mjs'), presigpack, sigpack };
  writeFiles(folder, {
    'package.json': JSON.stringify({ type: 'module', engines, scripts: own }),
    'package-lock.json': '{}',
    'node_modules/.package-lock.json': '{}',
    'step.mjs': step,
    'src/a.ts': 'first',
    'src/b/c.ts': '',
    'templates/docs/page.hbs': 'page',
    'scripts/sigpack.mjs': '',
  });
  for (const name of ['built.mjs', 'node-version.mjs', 'sigpack.mjs'])
    copyFileSync(join(root, 'scripts', name), join(folder, 'scripts', name));
});

const run = () =>
  spawnSync('npm', ['run', '-s', 'sigpack'], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
const builds = (): number => readFileSync(join(folder, 'builds'), 'utf8').length;

it('builds once, and again after each change of what is built', () => {
  expect(run().stdout).toBe('first\n');
  expect(run().stdout).toBe('first\n');
  expect(builds()).toBe(1);

  const path = join(folder, 'src/a.ts');
  const { atime, mtime } = statSync(path);
  writeFiles(folder, { 'src/a.ts': 'other' });
  utimesSync(path, atime, mtime);
  expect(run().stdout).toBe('other\n');
  expect(builds()).toBe(2);

  const changes: readonly (() => void)[] = [
    () => rmSync(join(folder, 'src/b/c.ts')),
    () => writeFiles(folder, { 'templates/docs/page.hbs': 'other' }),
    () => writeFiles(folder, { 'node_modules/.package-lock.json': '{ }' }),
    () => writeFiles(folder, { 'tsconfig.build.json': '{}' }),
    () => rmSync(join(folder, 'dist/lib'), { recursive: true }),
    () => writeFiles(folder, { 'dist/lib/cli/main.js': 'console.log("cut' }),
  ];
  for (const [index, change] of changes.entries()) {
    change();
    expect(run().stdout).toBe('other\n');
    expect(builds()).toBe(3 + index);
  }
  expect(run().stdout).toBe('other\n');
  expect(builds()).toBe(2 + changes.length);
});

it('runs nothing after a build that failed, also where an older one is there', () => {
  run();
  writeFiles(folder, { 'src/a.ts': 'fail' });
  for (const count of [2, 3]) {
    expect(run()).toMatchObject({ status: 3, stdout: '' });
    expect(builds()).toBe(count);
  }
  writeFiles(folder, { 'src/a.ts': 'first' });
  expect(run().stdout).toBe('first\n');
  expect(builds()).toBe(4);
});

it('builds again where something changed during a build', () => {
  writeFiles(folder, { 'src/a.ts': 'late' });
  expect(run().stdout).toBe('late\n');
  expect(run().stdout).toBe('after\n');
  expect(builds()).toBe(2);
});

it('emits again what somebody has deleted, and leaves alone what is there', () => {
  const { engines, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const bundling = / && node scripts\/bundle\.mjs && node scripts\/playground\.mjs/;
  expect(scripts.build).toMatch(bundling);
  rmSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFiles(folder, {
    'package.json': JSON.stringify({
      type: 'module',
      engines,
      scripts: {
        build: scripts.build.replace(bundling, ' && node scripts/lib.mjs'),
      },
    }),
    'scripts/lib.mjs':
      "import { mkdirSync } from 'node:fs'; mkdirSync('dist/lib', { recursive: true });",
    'src/index.ts': "export { a } from './a.ts';\n",
    'src/a.ts': 'export const a: string = "first";\n',
  });
  rmSync(join(folder, 'src/b'), { recursive: true });
  for (const name of ['tsconfig.json', 'tsconfig.build.json', 'tsconfig.types.json'])
    copyFileSync(join(root, name), join(folder, name));
  const at = (path: string): string => join(folder, 'dist', path);
  const build = (): void => {
    const shell = process.platform === 'win32';
    const options = { cwd: folder, encoding: 'utf8', shell } as const;
    const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'build'], options);
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  };
  build();

  const { mtimeMs } = statSync(at('modules/a.js'));
  writeFiles(folder, { 'src/index.ts': "export { a } from './a.ts';\nexport const b = 1;\n" });
  build();
  expect(readFileSync(at('modules/index.js'), 'utf8')).toContain('b = 1');
  expect(statSync(at('modules/a.js')).mtimeMs).toBe(mtimeMs);

  for (const gone of ['modules/a.js', 'types/a.d.ts', 'modules']) {
    rmSync(at(gone), { recursive: true });
    build();
    for (const path of ['modules/index.js', 'modules/a.js', 'types/index.d.ts', 'types/a.d.ts'])
      expect([gone, path, existsSync(at(path))]).toEqual([gone, path, true]);
  }
});
