import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', 'src');
/** A folder imports only from itself and from those before it. */
const order = [
  'source',
  'sigma',
  'query',
  'match',
  'event',
  'work',
  'python-regex',
  'jinja',
  'pipeline',
  'backend',
  'proof',
  'pack',
  'docs',
  'release',
  'lint',
  'adopt',
  'install',
  'cli',
];
const maximumLines = 350;

const files = globSync('**/*.ts', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Relative paths that a file imports, re-exports or loads when it runs. */
function importsOf(text: string): readonly string[] {
  return Array.from(text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]*)['"]/g), (match) => match[1] ?? '');
}

/** What is wrong with the imports of a file of a layer. */
function wrongWay(path: string, text: string): readonly string[] {
  const layer = order.indexOf(path.split('/')[0] ?? '');
  return importsOf(text).flatMap((specifier) => {
    const target = posix.join(dirname(path), specifier);
    const found = order.indexOf(target.split('/')[0] ?? '');
    return found !== -1 && found <= layer ? [] : [`${path} imports ${target}`];
  });
}

test('the check sees every way to import, and which way is wrong', () => {
  const text = [
    "import type { A } from '../pack/a.ts';",
    "import { b } from '../source/b.ts';",
    "export { c } from '../cli/c.ts';",
    "import '../docs/d.ts';",
    "const e = await import('../install/e.ts');",
    "import {\n  f,\n} from './f.ts';",
    "import { g } from '../../package.json';",
    "import { h } from 'js-yaml';",
  ].join('\n');
  expect(wrongWay('query/x.ts', text)).toEqual([
    'query/x.ts imports pack/a.ts',
    'query/x.ts imports cli/c.ts',
    'query/x.ts imports docs/d.ts',
    'query/x.ts imports install/e.ts',
    'query/x.ts imports ../package.json',
  ]);
});

test('every file belongs to a layer, but the entry of the library', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((path) => !order.includes(path.split('/')[0] ?? ''))).toEqual(['index.ts']);
});

test('a folder imports only from those before it', () => {
  expect(files.filter((path) => path !== 'index.ts').flatMap((path) => wrongWay(path, textOf(path)))).toEqual([]);
});

test('only the command line touches disk, network, clock and chance', () => {
  const outside =
    /\bfrom '(?:node:)?(?:fs|fs\/promises|net|http|https|dns|child_process|os|worker_threads)'|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(|\bperformance\.now\(/;
  const pure = files.filter((path) => !path.startsWith('cli/'));
  expect(pure.filter((path) => outside.test(textOf(path)))).toEqual([]);
});

test(`no file is longer than ${maximumLines} lines`, () => {
  const long = files.map((path) => [path, textOf(path).split('\n').length - 1] as const).filter(([, lines]) => lines > maximumLines);
  expect(long).toEqual([]);
});

test('no file is named for what it is not', () => {
  expect(files.filter((path) => /(?:^|\/)(?:utils?|helpers?|common|misc|types)\.ts$/.test(path))).toEqual([]);
});
