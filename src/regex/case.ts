import { once } from '../source/cache.ts';
import { otherForms } from './letter-case.ts';
import { type CodeRange, type CodeRanges, normalizeRanges } from './set.ts';

/** The letters of a range this short are looked up one by one, without the table of all letters. */
const SHORT_RANGE = 64;

/**
 * The other cases of a code point, without itself. Only simple pairs, and none of an ASCII letter
 * with another character, such as `k` and the Kelvin sign.
 */
export function otherCases(codePoint: number): readonly number[] {
  if (codePoint < 0x80) return isAsciiLetter(codePoint) ? [codePoint ^ 0x20] : [];
  return otherForms(String.fromCodePoint(codePoint)).map((letter) => letter.codePointAt(0) ?? 0);
}

/** The ranges and the other cases of their letters. */
export function widenCase(ranges: CodeRanges): CodeRanges {
  const more: CodeRange[] = [];
  for (const [low, high] of ranges) {
    shifted(more, Math.max(low, 0x41), Math.min(high, 0x5a), 0x20);
    shifted(more, Math.max(low, 0x61), Math.min(high, 0x7a), -0x20);
    if (high >= 0x80 && !(low <= 0x80 && high >= 0xffff))
      widenBeyondAscii(more, Math.max(low, 0x80), high);
  }
  return more.length === 0 ? ranges : normalizeRanges([...ranges, ...more]);
}

function shifted(into: CodeRange[], low: number, high: number, by: number): void {
  if (low <= high) into.push([low + by, high + by]);
}

function widenBeyondAscii(into: CodeRange[], low: number, high: number): void {
  const add = (point: number): void => {
    for (const other of otherCases(point)) into.push([other, other]);
  };
  if (high - low <= SHORT_RANGE) for (let point = low; point <= high; point++) add(point);
  else for (const point of casedLetters()) if (point >= low && point <= high) add(point);
}

/** The letters of the basic plane that have another case. */
const casedLetters = once((): readonly number[] => {
  const letters: number[] = [];
  for (let point = 0x80; point <= 0xffff; point++)
    if (otherCases(point).length > 0) letters.push(point);
  return letters;
});

export function isAsciiLetter(codePoint: number): boolean {
  const lower = codePoint | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
