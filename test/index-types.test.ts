import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { declarationsOf } from '../scripts/declarations.ts';

const root = join(import.meta.dirname, '..');
// within the project, whose packages the tests of types import
const folder = mkdtempSync(join(root, 'dist', 'types-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const declarations = join(root, 'dist/lib/index.d.ts');
const files = globSync('test/types/*.test-d.ts', { cwd: root }).map((path) => join(root, path));

/** What the compiler reports about files whose 'sigpack' is the shipped declarations. */
function errorsIn(paths: readonly string[]): string {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { noEmit: true, paths: { sigpack: [declarations] } };
  const extended = join(root, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({ extends: extended, compilerOptions, include: [], files: paths }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' }).stdout;
}

it('the shipped declarations accept and refuse what the tests of types say', () => {
  expect(files.length).toBeGreaterThan(4);
  expect(errorsIn(files)).toBe('');
});

it('a wrong test of types is seen', () => {
  const wrong = join(folder, 'wrong.ts');
  writeFileSync(wrong, "import { createBag } from 'sigpack';\n// @ts-expect-error\ncreateBag();\n");
  expect(errorsIn([wrong])).toContain('TS2578');
});

it('the tests of types name every export', () => {
  const text = files.map((path) => readFileSync(path, 'utf8')).join('\n');
  const { exported } = declarationsOf(readFileSync(declarations, 'utf8'));
  expect(
    exported.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(text)).map(({ name }) => name),
  ).toEqual([]);
});
