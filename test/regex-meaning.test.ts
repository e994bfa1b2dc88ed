import { describe, expect, test } from 'vitest';
import { toLuceneRegex } from '../src/backend/lucene/regex/regex.ts';
import { lucenePattern } from './lucene-pattern.ts';
import {
  type Dice,
  dice,
  differences,
  flagsOf,
  parsed,
  patternsOf,
  pick,
} from './regex-difference.ts';
import { ruleSet } from './rule-set.ts';

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
      const part =
        depth > 0 && roll(3) === 0
          ? `(${pattern(depth - 1, roll)}${roll(2) === 0 ? `|${pattern(depth - 1, roll)}` : ''})`
          : pick(parts, roll);
      return roll(3) === 0 && !/^(\^|\$|\\b|\\B)$/.test(part)
        ? part + pick(depth > 1 ? ['?', '{1,2}', '{2}'] : ['*', '+', '?', '{2}', '??'], roll)
        : part;
    }).join('');
  }

  test('made-up patterns with anchors in odd places', () => {
    const roll = dice(3);
    const refused: string[] = [];
    for (let count = 0; count < 400; count++) {
      const found = differences(
        pattern(2, roll),
        flagsOf(pick(['', '', 'i', 'm', 's', 'ims'], roll)),
        15,
        roll,
      );
      if (found[0]?.startsWith('refused')) refused.push(found[0]);
      else expect(found).toEqual([]);
    }
    expect(refused.length).toBeLessThan(80);
  });

  test.each([
    'ab.{1,40}c',
    'aa[ab]{0,34}b',
    'a.+b.{3,40}ca',
    'a\\s+[^c]{2,40}c',
    '\\bab.{1,40}c\\b',
    'x.*ab[^\\n]{0,40}b$',
  ])('counted gaps: %s', (source) => {
    const roll = dice(5);
    const regex = toLuceneRegex(parsed(source, flagsOf('')));
    if (!regex.ok) throw new Error(regex.error.reason);
    expect(regex.value.text).toContain('&~');
    const matches = lucenePattern(regex.value.text);
    const results = Array.from({ length: 300 }, () => {
      const letters = pick(['abc', 'aab c\n', 'abbbb bbb', 'xab ', 'a bbbbc'], roll);
      const text = `${pick(['', 'ab', 'x', ' '], roll)}${Array.from({ length: roll(70) }, () => letters[roll(letters.length)]).join('')}${pick(['', 'c', 'b'], roll)}`;
      const expected = new RegExp(source).test(text);
      expect([text, matches(text)]).toEqual([text, expected]);
      return expected;
    });
    expect(new Set(results).size).toBe(2);
  });

  test('every pattern of the rule set', () => {
    const roll = dice(1);
    const patterns = patternsOf(ruleSet().map(({ rule }) => rule));
    expect(patterns.size).toBeGreaterThan(8);
    for (const [source, flags] of patterns)
      expect(differences(source, flags, 40, roll)).toEqual([]);
  });
});
