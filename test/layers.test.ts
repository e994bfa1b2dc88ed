import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', 'src');
/** Rooms at the top: one imports only from itself and from those before it. */
const order = [
  'source',
  'sigma',
  'regex',
  'query',
  'match',
  'event',
  'work',
  'python-regex',
  'jinja',
  'pipeline',
  'backend',
  'rule-test',
  'attack',
  'pack',
  'convert',
  'docs',
  'artifact',
  'release',
  'lint',
  'editor',
  'playground',
  'adopt',
  'install',
  'cli',
];
const maximumLines = 350;
const maximumFiles = 20;
const maximumWidth = 100;

const files = globSync('**/*.ts', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Relative paths that a file imports, re-exports or loads when it runs. */
function importsOf(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]*)['"]/g),
    (match) => match[1] ?? '',
  );
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

test('every file belongs to a layer, but the entries of the library', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((path) => !order.includes(path.split('/')[0] ?? ''))).toEqual([
    'core.ts',
    'index.ts',
  ]);
});

test('a room at the top imports only from those before it', () => {
  expect(
    files.filter((path) => path.includes('/')).flatMap((path) => wrongWay(path, textOf(path))),
  ).toEqual([]);
});

const roomsOf = (): Map<string, readonly string[]> => Map.groupBy(files, (path) => dirname(path));

test(`no room has more than ${maximumFiles} files`, () => {
  const full = [...roomsOf()]
    .filter(([, paths]) => paths.length > maximumFiles)
    .map(([room, paths]) => [room, paths.length]);
  expect(full).toEqual([]);
});

const isWithin = (room: string, other: string): boolean => `${room}/`.startsWith(`${other}/`);

/** The rooms that each room imports from, without those that it is in or that are in it. */
function neighbours(
  textsOf: (room: string) => readonly (readonly [path: string, text: string])[],
): (room: string) => readonly string[] {
  return (room) => {
    const imported = textsOf(room).flatMap(([path, text]) =>
      importsOf(text).map((specifier) => dirname(posix.join(dirname(path), specifier))),
    );
    return [...new Set(imported)].filter(
      (other) => !isWithin(room, other) && !isWithin(other, room),
    );
  };
}

/** The first circle of rooms that is found. */
function circle(
  rooms: Iterable<string>,
  next: (room: string) => readonly string[],
): readonly string[] {
  const done = new Set<string>();
  const from = (room: string, way: readonly string[]): readonly string[] => {
    if (way.includes(room)) return [...way.slice(way.indexOf(room)), room];
    if (done.has(room)) return [];
    for (const other of next(room)) {
      const found = from(other, [...way, room]);
      if (found.length > 0) return found;
    }
    done.add(room);
    return [];
  };
  for (const room of rooms) {
    const found = from(room, []);
    if (found.length > 0) return found;
  }
  return [];
}

test('the check of circles sees one', () => {
  const rooms = new Map([
    ['a', [['a/x.ts', "import type { Y } from '../b/c/y.ts';"]]],
    ['b', [['b/z.ts', "import { y } from './c/y.ts';"]]],
    ['b/c', [['b/c/y.ts', "import { z } from '../z.ts';\nexport { w } from '../../d/w.ts';"]]],
    ['d', [['d/w.ts', "const x = await import('../a/x.ts');"]]],
  ] as const);
  expect(
    circle(
      rooms.keys(),
      neighbours((room) => rooms.get(room as 'a') ?? []),
    ),
  ).toEqual(['a', 'b/c', 'd', 'a']);
});

test('rooms do not import from each other in a circle', () => {
  const rooms = roomsOf();
  expect(
    circle(
      rooms.keys(),
      neighbours((room) => (rooms.get(room) ?? []).map((path) => [path, textOf(path)] as const)),
    ),
  ).toEqual([]);
});

test('only the command line touches disk, network, clock and chance', () => {
  const outside =
    /\bfrom '(?:node:)?(?:fs|fs\/promises|net|http|https|dns|child_process|os|worker_threads)'|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(|\bperformance\.now\(/;
  // an example in a comment may read a file
  const codeOf = (path: string): string => textOf(path).replace(/\/\*\*.*?\*\//gs, '');
  const pure = files.filter((path) => !path.startsWith('cli/'));
  expect(pure.filter((path) => outside.test(codeOf(path)))).toEqual([]);
});

test(`no file is longer than ${maximumLines} lines`, () => {
  const long = files
    .map((path) => [path, textOf(path).split('\n').length - 1] as const)
    .filter(([, lines]) => lines > maximumLines);
  expect(long).toEqual([]);
});

test(`no line has more than ${maximumWidth} columns`, () => {
  // what can't be broken: an expression on a line of its own, and lines of other languages
  const unbreakable = /^\s*\/(?![/*])|^\s*\/\/ biome-ignore /;
  const wide = files
    .filter((path) => path !== 'cli/command/completion/scripts.ts')
    .flatMap((path) =>
      textOf(path)
        .split('\n')
        .flatMap((line, index) =>
          line.length > maximumWidth && !unbreakable.test(line) ? `${path}:${index + 1}` : [],
        ),
    );
  expect(wide).toEqual([]);
});

test('no file is named for what it is not', () => {
  expect(
    files.filter((path) => /(?:^|\/)(?:utils?|helpers?|common|misc|types)\.ts$/.test(path)),
  ).toEqual([]);
});
