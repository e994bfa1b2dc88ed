import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type KeptTexts,
  keptOrMade,
  keptOrMadeTogether,
  keptTexts,
  pythonDigest,
} from './judges/kept.ts';
import { writeFiles } from './project-folder.ts';

let folder: string;
let texts: KeptTexts;
let made: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigpack-kept-'));
  texts = keptTexts(folder);
  made = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const textOf = (...from: readonly string[]): string =>
  keptOrMade(
    'one',
    () => from,
    () => `${++made}. made of ${from.join(', ')}\n`,
    texts,
  );

test('a text is made once from the same', () => {
  expect([textOf('a', 'b'), textOf('a', 'b')]).toEqual(['1. made of a, b\n', '1. made of a, b\n']);
});

test.each([[['a', 'c']], [['b', 'a']], [['ab']], [['a,b']], [['a', 'b', '']], [['a']], [[]]])(
  'it is made again from %j',
  (other) => {
    textOf('a', 'b');
    expect(textOf(...other)).toMatch(/^2\./);
    // one text for each name: the first one is gone
    expect(textOf('a', 'b')).toMatch(/^3\./);
    expect(readdirSync(folder)).toEqual(['one']);
  },
);

test.each([
  ['damaged', (text: string) => text.replace('made of a', 'made of x')],
  ['cut', (text: string) => text.slice(0, -2)],
  ['longer', (text: string) => `${text} `],
  ['empty', () => ''],
  ['without its first line', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ['of one line', (text: string) => text.slice(0, text.indexOf('\n'))],
])('a file that is %s is made again', (_, damage) => {
  textOf('a');
  const path = join(folder, 'one');
  writeFileSync(path, damage(readFileSync(path, 'utf8')));
  expect([textOf('a'), textOf('a')]).toEqual(['2. made of a\n', '2. made of a\n']);
});

test('a folder in its place is replaced', () => {
  mkdirSync(join(folder, 'one', 'more'), { recursive: true });
  expect([textOf('a'), textOf('a')]).toEqual(['1. made of a\n', '1. made of a\n']);
});

test('what changed while the text was made is not taken for what it was made from', () => {
  let input = 'a';
  const make = (): string => {
    input = 'b';
    return `${++made}.`;
  };
  const get = (): string => keptOrMade('one', () => [input], make, texts);
  expect(get()).toBe('1.');
  expect(readdirSync(folder)).toEqual([]);
  expect([get(), get()]).toEqual(['2.', '2.']);
});

test('of several texts those that are missing are made together', async () => {
  const asked: (readonly string[])[] = [];
  const get = async (from: Readonly<Record<string, string>>): Promise<unknown> => {
    const found = await keptOrMadeTogether(
      () => new Map(Object.entries(from).map(([name, part]) => [name, [part]])),
      async (missing) => {
        asked.push(missing);
        return new Map(missing.map((name) => [name, `${name} of ${from[name]}`]));
      },
      texts,
    );
    return Object.fromEntries(found);
  };
  const first = { one: 'one of a', two: 'two of b' };
  expect([await get({ one: 'a', two: 'b' }), await get({ one: 'a', two: 'b' })]).toEqual([
    first,
    first,
  ]);
  expect(await get({ one: 'a', two: 'c' })).toEqual({ ...first, two: 'two of c' });
  expect(asked).toEqual([['one', 'two'], ['two']]);
});

test('of several texts none is kept whose source changed meanwhile', async () => {
  let input = 'a';
  const get = (): Promise<ReadonlyMap<string, string>> =>
    keptOrMadeTogether(
      () =>
        new Map([
          ['one', [input]],
          ['two', ['b']],
        ]),
      async (missing) => {
        input = 'c';
        return new Map(missing.map((name) => [name, name]));
      },
      texts,
    );
  await get();
  expect(readdirSync(folder)).toEqual(['two']);
});

test('of several texts each has to be made', async () => {
  const made = keptOrMadeTogether(
    () => new Map([['one', ['a']]]),
    async () => new Map(),
    texts,
  );
  await expect(made).rejects.toThrow('no text was made for one');
});

test('a Python environment is told by its Python and by each installed file', () => {
  const digestOf = (name: string, changed: Readonly<Record<string, string>> = {}): string => {
    const at = join(folder, name);
    writeFiles(at, {
      'bin/python3': '#!/bin/sh\necho 3.11\n',
      'lib/sigma/rule.py': 'a = 1\n',
      'lib/sigma/__pycache__/rule.pyc': 'a',
      ...changed,
    });
    chmodSync(join(at, 'bin/python3'), 0o755);
    return pythonDigest(at);
  };
  const [first, ...others] = [
    digestOf('a'),
    digestOf('b', { 'bin/python3': '#!/bin/sh\necho 3.12\n' }),
    digestOf('c', { 'lib/sigma/rule.py': 'a = 2\n' }),
    digestOf('d', { 'lib/sigma/more.py': '' }),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
  expect(digestOf('e', { 'lib/sigma/__pycache__/rule.pyc': 'b' })).toBe(first);
});
