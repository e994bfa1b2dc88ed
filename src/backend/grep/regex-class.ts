import {
  type CodeRange,
  type CodeRanges,
  complementRanges,
  intersectRanges,
  MAX_CODE_POINT,
  normalizeRanges,
} from '../../regex/set.ts';

/** One character of a set, as alternatives over the line. */
export interface SetPattern {
  /** Has no group around it. */
  readonly text: string;
  /** A class or a character: takes a quantifier as it is. */
  readonly atom: boolean;
  /** Characters beyond ASCII are in it. */
  readonly wide: boolean;
}

const BEYOND: CodeRanges = [[0x80, MAX_CODE_POINT]];
/** A JSON text holds these unescaped. */
const JSON_PLAIN: CodeRanges = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0x7f],
];
const ASCII: CodeRanges = [[0, 0x7f]];
const QUOTE_AND_BACKSLASH: CodeRanges = [
  [0x22, 0x22],
  [0x5c, 0x5c],
];
const CONTROLS: CodeRanges = [[0, 0x1f]];
/** Control characters that JSON writes as `\u00..`. */
const LONG_ESCAPES = 27;
/** Characters beyond ASCII that are listed one by one. */
const MAX_LISTED = 24;

/**
 * A set of code points. Beyond ASCII, a few are listed, and all of them are one negated class,
 * which every locale understands. Of a set in between, `over` takes all of them, else none.
 */
export function setPattern(ranges: CodeRanges, json: boolean, over: boolean): SetPattern {
  const parts: string[] = [];
  const plain = intersectRanges(ranges, json ? JSON_PLAIN : ASCII);
  if (plain.length > 0) parts.push(classText(plain));
  if (json) parts.push(...escapes(ranges));
  const beyond = intersectRanges(ranges, BEYOND);
  const count = beyond.reduce((sum, [low, high]) => sum + high - low + 1, 0);
  const all = count === MAX_CODE_POINT - 0x7f || (over && count > MAX_LISTED);
  if (all) parts.push('[^\\x00-\\x7f]');
  else if (count <= MAX_LISTED)
    parts.push(...pointsOf(beyond).map((point) => String.fromCodePoint(point)));
  if (parts.length === 0) return { text: '(?!)', atom: true, wide: false };
  return {
    text: parts.join('|'),
    atom: parts.length === 1 && (plain.length > 0 || all),
    wide: all,
  };
}

/**
 * For a set with control characters in it, as negated ones have: one class of all characters that
 * its members take on a JSON line, so that a repeat of it stays small. Undefined for other sets.
 */
export function looseClass(ranges: CodeRanges): string | undefined {
  const controls = intersectRanges(ranges, CONTROLS).reduce(
    (sum, [low, high]) => sum + high - low + 1,
    0,
  );
  if (controls <= 8) return undefined;
  const escapeChars = [...'\\0123456789abcdefnrtu'].map(
    (char): CodeRange => [char.charCodeAt(0), char.charCodeAt(0)],
  );
  const not = intersectRanges(complementRanges(normalizeRanges([...ranges, ...escapeChars])), [
    [0x20, 0x7f],
  ]);
  return not.length === 0 ? '.' : `[^${not.map(rangeText).join('')}]`;
}

function escapes(ranges: CodeRanges): readonly string[] {
  const found: string[] = pointsOf(intersectRanges(ranges, QUOTE_AND_BACKSLASH)).map((point) =>
    point === 0x22 ? '\\\\"' : '\\\\\\\\',
  );
  const [short, long]: [string[], string[]] = [[], []];
  for (const point of pointsOf(intersectRanges(ranges, CONTROLS))) {
    const text = JSON.stringify(String.fromCharCode(point)).slice(2, -1);
    if (text.length === 1) short.push(text);
    else long.push(text);
  }
  if (short.length > 0) found.push(`\\\\${short.length === 1 ? short[0] : `[${short.join('')}]`}`);
  if (long.length === LONG_ESCAPES) found.push('\\\\u00[01].');
  else found.push(...long.map((text) => `\\\\${text}`));
  return found;
}

function pointsOf(ranges: CodeRanges): readonly number[] {
  return ranges.flatMap(([low, high]) =>
    Array.from({ length: high - low + 1 }, (_, index) => low + index),
  );
}

function classText(ranges: CodeRanges): string {
  return `[${ranges.map(rangeText).join('')}]`;
}

function rangeText([low, high]: CodeRange): string {
  if (low === high) return member(low);
  return `${member(low)}${high === low + 1 ? '' : '-'}${member(high)}`;
}

function member(point: number): string {
  const char = String.fromCharCode(point);
  if (point < 0x20 || point === 0x7f) return `\\x{${point.toString(16)}}`;
  return '\\]^-['.includes(char) ? `\\${char}` : char;
}
