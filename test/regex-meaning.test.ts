import { describe, expect, test } from 'vitest';
import { toLuceneRegex } from '../src/backend/lucene/regex.ts';
import { parseRegex, type RegexParsed } from '../src/query/regex.ts';
import type { RegexFlags, RegexNode } from '../src/query/regex-tree.ts';
import { itemsOf } from '../src/query/tree.ts';
import { compileFolders } from './compile.ts';
import { corpusFolders } from './corpus/corpus.ts';
import { lucenePattern } from './lucene-pattern.ts';

function flagsOf(letters: string): RegexFlags {
  return { ignoreCase: letters.includes('i'), multiline: letters.includes('m'), dotAll: letters.includes('s') };
}

function parsed(source: string, flags: RegexFlags): RegexParsed {
  const parse = parseRegex(source, flags);
  if (!parse.ok) throw new Error(`${source}: ${parse.message}`);
  return parse;
}

/** Numbers from 0 up to the given one, the same in each run. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Dice = ReturnType<typeof dice>;

const pick = <T>(from: readonly T[], roll: Dice): T => from[roll(from.length)] as T;

/** A text that the pattern could match, anchors aside. */
function sample(node: RegexNode, roll: Dice): string {
  switch (node.kind) {
    case 'char':
      return swapped(String.fromCodePoint(node.codePoint), node.ignoreCase && roll(2) === 0);
    case 'any':
      return pick(['a', '\\', '/', '"', ' ', 'Z', '0', '–', '.'], roll);
    case 'class': {
      if (node.negated) return pick(['a', 'Z', '5', ' ', '.', '_', '\\', '/', '-', '"', '\n'], roll);
      const [low, high] = pick(node.ranges, roll);
      return String.fromCodePoint(Math.min(high, low + roll(Math.min(high - low + 1, 60))));
    }
    case 'sequence':
      return node.nodes.map((child) => sample(child, roll)).join('');
    case 'alternation':
      return sample(pick(node.branches, roll), roll);
    case 'group':
      return sample(node.node, roll);
    case 'repeat':
      return Array.from({ length: node.min + roll(Math.min(node.max - node.min, 3) + 1) }, () => sample(node.node, roll)).join('');
    default:
      return '';
  }
}

const swapped = (char: string, really: boolean): string => (really ? (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()) : char);

/** Texts near the border between match and no match. */
function texts(node: RegexNode, count: number, roll: Dice): readonly string[] {
  const noise = ['a', 'x', '_', ' ', '\n', '0', '\\', '/', '.', '-', '"'];
  return Array.from({ length: count }, () => {
    let text = sample(node, roll);
    for (let change = roll(4); change > 0; change--) {
      const at = roll(text.length + 1);
      const kept = text.slice(at + roll(2));
      text = text.slice(0, at) + (roll(3) === 0 ? swapped(text[at] ?? '', true) : roll(2) === 0 ? pick(noise, roll) : '') + kept;
    }
    if (roll(3) === 0) text = pick(noise, roll) + text;
    // what JavaScript's `.` and `\s` read otherwise than PCRE
    return text.replace(/[\r\u0085\u00a0\u2028\u2029\ufeff]|\p{Surrogate}/gu, 'q');
  });
}

/** Compares with JavaScript's engine; a list of what differs. */
function differences(source: string, flags: RegexFlags, count: number, roll: Dice): readonly string[] {
  const parse = parsed(source, flags);
  const regex = toLuceneRegex(parse);
  if (!regex.ok) return [`refused: ${regex.reason}`];
  const letters = (parse.flags.ignoreCase ? 'i' : '') + (parse.flags.multiline ? 'm' : '') + (parse.flags.dotAll ? 's' : '');
  const expected = new RegExp(source.replace(/^\(\?[ims]+\)/, ''), letters);
  const actual = lucenePattern(regex.text);
  const given = texts(parse.node, count, roll).filter((text) => text.length < 250 && !(parse.flags.multiline && text.endsWith('\n')));
  return given.filter((text) => expected.test(text) !== actual(text)).map((text) => `${source} -> ${regex.text}: ${JSON.stringify(text)}`);
}

describe('the same values match in PCRE and in Lucene', () => {
  const parts = [
    'a',
    'b',
    '_',
    ' ',
    '\\n',
    '/',
    '\\\\',
    '"',
    '.',
    '\\.',
    '\\w',
    '\\W',
    '[ab]',
    '[^a]',
    '[^\\w]',
    '^',
    '$',
    '\\b',
    '\\B',
    '(?:^|a)',
    '(a|$)',
    '\\$',
  ];

  function pattern(depth: number, roll: Dice): string {
    return Array.from({ length: 1 + roll(3) }, () => {
      const part = depth > 0 && roll(3) === 0 ? `(${pattern(depth - 1, roll)}${roll(2) === 0 ? `|${pattern(depth - 1, roll)}` : ''})` : pick(parts, roll);
      return roll(3) === 0 && !/^(\^|\$|\\b|\\B)$/.test(part) ? part + pick(depth > 1 ? ['?', '{1,2}', '{2}'] : ['*', '+', '?', '{2}', '??'], roll) : part;
    }).join('');
  }

  test('made-up patterns with anchors in odd places', () => {
    const roll = dice(3);
    const refused: string[] = [];
    for (let count = 0; count < 400; count++) {
      const found = differences(pattern(2, roll), flagsOf(pick(['', '', 'i', 'm', 's', 'ims'], roll)), 15, roll);
      if (found[0]?.startsWith('refused')) refused.push(found[0]);
      else expect(found).toEqual([]);
    }
    expect(refused.length).toBeLessThan(80);
  });

  test.each(['ab.{1,40}c', 'aa[ab]{0,34}b', 'a.+b.{3,40}ca', 'a\\s+[^c]{2,40}c', '\\bab.{1,40}c\\b', 'x.*ab[^\\n]{0,40}b$'])('counted gaps: %s', (source) => {
    const roll = dice(5);
    const regex = toLuceneRegex(parsed(source, flagsOf('')));
    if (!regex.ok) throw new Error(regex.reason);
    expect(regex.text).toContain('&~');
    const matches = lucenePattern(regex.text);
    const results = Array.from({ length: 300 }, () => {
      const letters = pick(['abc', 'aab c\n', 'abbbb bbb', 'xab ', 'a bbbbc'], roll);
      const text = `${pick(['', 'ab', 'x', ' '], roll)}${Array.from({ length: roll(70) }, () => letters[roll(letters.length)]).join('')}${pick(['', 'c', 'b'], roll)}`;
      const expected = new RegExp(source).test(text);
      expect([text, matches(text)]).toEqual([text, expected]);
      return expected;
    });
    expect(new Set(results).size).toBe(2);
  });

  test('every pattern of the corpus', () => {
    const roll = dice(1);
    const refused: string[] = [];
    const patterns = new Map<string, RegexFlags>();
    for (const rule of compileFolders(corpusFolders)) {
      if (rule.kind !== 'detection') continue;
      for (const { test } of itemsOf(rule.query)) if (test.kind === 'regex') patterns.set(test.source, test);
    }
    for (const [source, flags] of patterns) {
      const found = differences(source, flags, 12, roll);
      if (found[0]?.startsWith('refused')) refused.push(source.slice(0, 12));
      else expect(found).toEqual([]);
    }
    expect(patterns.size).toBeGreaterThan(140);
    expect(refused.sort()).toEqual(['(Copy-Item|c', '(Get-Item|gc']);
  });
});
