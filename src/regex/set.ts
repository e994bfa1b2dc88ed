/**
 * Sets of code points as PCRE reads them without its Unicode options: `\w`, `\d`, `\s` and the
 * POSIX names are ASCII.
 */

export type CodeRange = readonly [low: number, high: number];

/** Functions return them sorted and without adjacent ranges. */
export type CodeRanges = readonly CodeRange[];

export const MAX_CODE_POINT = 0x10ffff;
export const ALL: CodeRanges = [[0, MAX_CODE_POINT]];

export function normalizeRanges(ranges: CodeRanges): CodeRanges {
  if (ranges.length < 2) return ranges;
  const merged: CodeRange[] = [];
  for (const range of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && range[0] <= last[1] + 1)
      merged[merged.length - 1] = [last[0], Math.max(last[1], range[1])];
    else merged.push(range);
  }
  return merged;
}

export function complementRanges(ranges: CodeRanges): CodeRanges {
  const gaps: CodeRange[] = [];
  let from = 0;
  for (const [low, high] of normalizeRanges(ranges)) {
    if (low > from) gaps.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= MAX_CODE_POINT) gaps.push([from, MAX_CODE_POINT]);
  return gaps;
}

/** Both arguments must be sorted. */
export function intersectRanges(a: CodeRanges, b: CodeRanges): CodeRanges {
  if (a === ALL) return b;
  if (b === ALL) return a;
  const common: CodeRange[] = [];
  for (let i = 0, j = 0; ; ) {
    const left = a[i];
    const right = b[j];
    if (!left || !right) return common;
    const low = Math.max(left[0], right[0]);
    const high = Math.min(left[1], right[1]);
    if (low <= high) common.push([low, high]);
    if (left[1] < right[1]) i++;
    else j++;
  }
}

/** Ranges of the characters of a text, in which `a-z` means a range. */
function ranges(text: string): CodeRanges {
  const list: CodeRange[] = [];
  for (let at = 0; at < text.length; at++) {
    const ranged = text[at + 1] === '-' && at + 2 < text.length;
    list.push([text.charCodeAt(at), text.charCodeAt(ranged ? at + 2 : at)]);
    if (ranged) at += 2;
  }
  return normalizeRanges(list);
}

const DIGIT = ranges('0-9');
export const WORD = ranges('0-9A-Z_a-z');
export const NOT_WORD = complementRanges(WORD);
const SPACE = ranges('\t-\r ');
const HORIZONTAL = ranges('\t \u00a0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000');
const VERTICAL = ranges('\n-\r\u0085\u2028\u2029');
export const NEWLINE = ranges('\n');
export const NOT_NEWLINE = complementRanges(NEWLINE);

/** What a letter means after a backslash, outside a class and (except for `N`) inside. */
export const ESCAPE_SETS: ReadonlyMap<string, CodeRanges> = new Map([
  ['d', DIGIT],
  ['D', complementRanges(DIGIT)],
  ['w', WORD],
  ['W', NOT_WORD],
  ['s', SPACE],
  ['S', complementRanges(SPACE)],
  ['h', HORIZONTAL],
  ['H', complementRanges(HORIZONTAL)],
  ['v', VERTICAL],
  ['V', complementRanges(VERTICAL)],
  ['N', NOT_NEWLINE],
]);

export const POSIX_SETS: ReadonlyMap<string, CodeRanges> = new Map([
  ['alnum', ranges('0-9A-Za-z')],
  ['alpha', ranges('A-Za-z')],
  ['ascii', ranges('\0-\x7f')],
  ['blank', ranges('\t ')],
  ['cntrl', ranges('\0-\x1f\x7f')],
  ['digit', DIGIT],
  ['graph', ranges('!-~')],
  ['lower', ranges('a-z')],
  ['print', ranges(' -~')],
  ['punct', ranges('!-/:-@[-`{-~')],
  ['space', SPACE],
  ['upper', ranges('A-Z')],
  ['word', WORD],
  ['xdigit', ranges('0-9A-Fa-f')],
]);
