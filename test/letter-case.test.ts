import { describe, expect, test } from 'vitest';
import { defaultTargetSettings } from '../src/backend/registry.ts';
import { createRuleIndex } from '../src/match/index/rule-index.ts';
import { matcherOf } from '../src/match/matcher.ts';
import { foldCase, otherForms } from '../src/regex/letter-case.ts';
import { detectionOf } from './compile.ts';
import { graylog, grep } from './registered.ts';

const kelvin = '\u212a';
const longS = '\u017f';

/** Texts that are the same but for letter case, and such that are not. */
const same: readonly (readonly [string, string])[] = [
  ['abcKS', 'ABCks'],
  ['ΟΔΟΣ', 'οδος'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['οδος', 'οδοσ'],
  ['ÉÄ', 'éä'],
  ['ẞ', 'ß'],
  ['ǅ', 'ǆ'],
  ['µ', 'Μ'],
  ['\u212b', 'å'],
  ['ЯЪ', 'яъ'],
  ['𐐀', '𐐨'],
];
const different: readonly (readonly [string, string])[] = [
  ['k', kelvin],
  ['K', kelvin],
  ['s', longS],
  ['i', 'İ'],
  ['I', 'ı'],
  ['i\u0307', 'İ'],
  ['ss', 'ß'],
  ['σ', 'o'],
];

const item = (text: string, modifier: string) =>
  detectionOf(`a:\n  f|${modifier}: ${JSON.stringify(text)}\ncondition: a`).query;

function isFound(text: string, value: string, modifier: string): readonly boolean[] {
  const query = item(text, modifier);
  const made = matcherOf(query);
  const index = createRuleIndex([{ id: 'r', query }]);
  return [made.ok && made.value({ f: value }), index.matchesOf({ f: value }).length === 1];
}

describe('letter case', () => {
  test.each(same)('%s is %s', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
    for (const modifier of ['contains', 'startswith', 'endswith', 're|i']) {
      expect(isFound(a, b, modifier), modifier).toEqual([true, true]);
      expect(isFound(b, a, modifier), modifier).toEqual([true, true]);
    }
  });

  test.each(different)('%s is not %s', (a, b) => {
    expect(foldCase(a)).not.toBe(foldCase(b));
    for (const modifier of ['contains', 'startswith', 'endswith', 're|i']) {
      expect(isFound(a, b, modifier), modifier).toEqual([false, false]);
      expect(isFound(b, a, modifier), modifier).toEqual([false, false]);
    }
  });

  test('texts keep their length, and every form of a letter has the same others', () => {
    for (let point = 0x80; point <= 0x1_ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const letter = String.fromCodePoint(point);
      if (foldCase(letter).length !== letter.length)
        throw new Error(`${point.toString(16)} folds to another length`);
      for (const form of otherForms(letter)) {
        if (foldCase(form) !== foldCase(letter) || !otherForms(form).includes(letter))
          throw new Error(`${point.toString(16)} and ${form}`);
      }
    }
  });

  test('queries spell the forms that the matcher takes for the same', () => {
    const query = (target: typeof grep, text: string) => {
      const conversion = target.convert(
        detectionOf(`a:\n  f: ${text}\ncondition: a`),
        defaultTargetSettings,
      );
      return conversion.ok ? conversion.value.queries.join() : '';
    };
    expect(query(graylog, 'ksσ')).toMatch(/\[kK\]\[sS\]\[[ςσΣ]{3}\]/);
    expect(query(grep, 'ksσ')).toMatch(/ks\(\?:[ςσΣ|]{5}\)/);
  });
});
