import { describe, expect, test } from 'vitest';
import { createReader } from '../src/sigma/rule/attribute.ts';
import { readHead } from '../src/sigma/rule/head.ts';
import { createBag } from '../src/source/diagnostic.ts';
import type { SourceFile } from '../src/source/span.ts';
import { insideScalar } from '../src/source/yaml/inside-scalar.ts';
import { parseYaml } from '../src/source/yaml/parse.ts';
import type { YamlScalar } from '../src/source/yaml/tree.ts';
import { diagnosticsOf, told } from './diagnostics.ts';

const parsed = (text: string) => {
  const bag = createBag();
  const file = { path: 'rule.yml', text };
  const { documents, errors } = parseYaml(file);
  for (const error of errors) bag.add(file, error);
  return { documents, said: told(bag) };
};

/** The first scalar of a text, as the key of a map. */
function firstKey(text: string): YamlScalar {
  const [node] = parsed(text).documents;
  const key = node?.kind === 'mapping' ? node.pairs[0]?.key : undefined;
  if (!key) throw new Error('no key');
  return key;
}

describe('what is refused before it is parsed', () => {
  const size = 7 * 1024 * 1024;
  test.each([
    ['documents', '---\n', /^SIG004 \d+:4 file has more than 50000 documents/],
    [
      'documents behind Windows line breaks',
      '---\r\n',
      /^SIG004 \d+:5 file has more than 50000 documents/,
    ],
    [
      'entries',
      '-\n',
      /^SIG004 \d+:2 file has more than 1000000 line breaks, commas and opening brackets/,
    ],
    ['keys', '? \n', /^SIG004 \d+:3 file has more than 1000000 line breaks/],
    ['lists', '[[],', /^SIG004 1:\d+ file has more than 1000000 line breaks/],
    ['flow entries', 'a,', /^SIG004 1:\d+ file has more than 1000000 line breaks/],
  ])('%s', (_, unit, message) => {
    const { documents, said } = parsed(unit.repeat(size / unit.length));
    expect(documents).toEqual([]);
    expect(said).toEqual([expect.stringMatching(message)]);
  });

  test('and not what has as many of them as it may', () => {
    const { documents, said } = parsed(
      `${'--- 1\n'.repeat(49_999)}--- { a: [x, ${'y'.repeat(7_000_000)}] }\n`,
    );
    expect([documents.length, said]).toEqual([50_000, []]);
  });
});

test('documents that are read one by one have no more nodes together than a file', () => {
  const level = (name: string, of: string): string =>
    `${name}: &${name} [${Array.from({ length: 10 }, () => of).join(', ')}]\n`;
  const bomb = `${level('a', 'x')}${level('b', '*a')}${level('c', '*b')}${level('d', '*c')}${level('e', '*d')}`;
  const { documents, said } = parsed(`title: [\n---\n${`${bomb}---\n`.repeat(200)}title: last\n`);
  expect(documents).toHaveLength(4);
  expect(said).toEqual([
    expect.stringMatching(/^SIG002 /),
    expect.stringMatching(/^SIG004 \d+:1 more than 500000 nodes .* up to this document/),
  ]);
});

test('the places of many tags are looked up, each entry being read a few times', () => {
  const file: SourceFile = {
    path: 'rule.yml',
    text: `title: x\ntags: [${Array.from({ length: 1000 }, (_, index) => `foo${index}`).join(', ')}]\n`,
  };
  const bag = createBag();
  const [document] = parseYaml(file).documents;
  const tags = document?.kind === 'mapping' ? document.pairs[1]?.value : undefined;
  if (document?.kind !== 'mapping' || tags?.kind !== 'sequence') throw new Error('no tags');
  let read = 0;
  for (const item of tags.items) {
    const { text } = item as YamlScalar;
    const counted = (): string => {
      read++;
      return text;
    };
    Object.defineProperty(item, 'text', { get: counted });
  }
  readHead(createReader(file, document, bag));
  expect(told(bag)).toHaveLength(1000);
  expect(told(bag)[999]).toMatch(/^SIG012 2:7890 tag `foo999`/);
  expect(read).toBeLessThan(10_000);
});

describe('a key on many lines', () => {
  const key = (lines: number): string =>
    `? >-\n${Array.from({ length: lines }, (_, index) => `  A${index}|contains\n`).join('')}: x\n`;

  test('is compared with its file once, whatever the number of its places', () => {
    const text = key(500);
    let read = 0;
    const file: SourceFile = {
      path: 'rule.yml',
      get text() {
        read++;
        return text;
      },
    };
    const scalar = firstKey(text);
    for (let at = 0; at < scalar.text.length; at += 10) {
      const { start } = insideScalar(file, scalar)({ start: at, end: at + 1 });
      if (scalar.text[at] !== ' ') expect(text[start]).toBe(scalar.text[at]);
    }
    expect(read).toBe(1);
  });

  test('has a bounded number of modifiers, told once', () => {
    const rule = (lines: number): string =>
      `title: T\nid: 00000000-0000-4000-8000-000000000001\nlogsource: { product: windows }\ndetection:\n  s:\n    ${key(lines).replaceAll('\n', '\n    ')}\n  condition: s\n`;
    expect(told(diagnosticsOf(rule(20_000)))).toEqual([
      expect.stringMatching(/^SIG021 \d+:\d+ the key has 20000 modifiers, more than 32/),
    ]);
    expect(told(diagnosticsOf(rule(3)))[0]).toMatch(/^SIG020 7:\d+/);
  });
});
