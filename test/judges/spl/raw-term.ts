import type { SearchValue } from './search-parse.ts';
import { BREAKER_CASES, indexWords, majorSegments, minorPieces } from './segments.ts';
import { type Row, textsOf } from './value.ts';

/**
 * Bare terms and phrases. Splunk cuts the term at its breakers and looks the words up in its index,
 * where `*` stands for a part of one word, then checks the text: a term matches where it stands
 * between breakers; `TERM(x)` only between major ones; `*` at an end opens that border. In a word
 * `*` stays between major breakers.
 */
const MAJOR = '\\s\\[\\]<>(){}|!;,\'"*&?+';
const BREAKER = `${MAJOR}/:=@.\\-$#%\\\\_`;

export function rawTermTest(value: SearchValue): (row: Row) => boolean {
  if (value.text === '*') return () => true;
  const pattern = termPattern(value);
  const inIndex = indexTest(value);
  return (row) => pattern.test(rawText(row)) && inIndex(row);
}

const WILDCARD: ReadonlySet<string> = new Set(['*']);

/** Whether the index leads to the event, in both readings of the breakers' letter case. */
function indexTest({ text, form }: SearchValue): (row: Row) => boolean {
  const readings = BREAKER_CASES.map((breakerCase, at) => {
    const segments =
      form === 'term' ? [text] : majorSegments(text, breakerCase, WILDCARD).flatMap(minorPieces);
    return { at, words: segments.filter((piece) => piece !== '*').map(wordTest) };
  });
  return (row) =>
    readings.every(({ at, words }) => words.every((holds) => holds(wordsOf(row)[at] ?? new Set())));
}

function wordTest(piece: string): (words: ReadonlySet<string>) => boolean {
  const lower = piece.toLowerCase();
  if (!lower.includes('*')) return (words) => words.has(lower);
  const pattern = new RegExp(`^${lower.split('*').map(escapeForRegex).join('.*')}$`, 's');
  return (words) => [...words].some((word) => pattern.test(word));
}

const WORDS = new WeakMap<Row, readonly ReadonlySet<string>[]>();

/** The event's words in the index, one set a reading. */
function wordsOf(row: Row): readonly ReadonlySet<string>[] {
  const known =
    WORDS.get(row) ?? BREAKER_CASES.map((breakerCase) => indexWords(rawText(row), breakerCase));
  WORDS.set(row, known);
  return known;
}

function termPattern(value: SearchValue): RegExp {
  const borders = value.form === 'term' ? MAJOR : BREAKER;
  const inner = value.form === 'word' || value.form === 'term' ? `[^${MAJOR}]*` : '[\\s\\S]*?';
  // at an end, where any text may stand, nothing is read: a search would read to the end of the
  // text from each place of it
  const body = value.text
    .replace(/^\*+|\*+$/g, '')
    .split('*')
    .map(escapeForRegex)
    .join(inner);
  const first = value.text.charAt(0);
  const last = value.text.charAt(value.text.length - 1);
  const isBreaker = new RegExp(`[${BREAKER}]`);
  // breakers of several characters: the words of the index say whether they are such
  const before =
    first === '*' || isBreaker.test(first)
      ? ''
      : `(?:(?<![^${borders}])|(?<=%(?:25)?[0-9A-Fa-f]{2}))`;
  const after =
    last === '*' || isBreaker.test(last) ? '' : `(?![^${borders}](?<!%(?=[0-9A-Fa-f]{2})))`;
  return new RegExp(before + body + after, value.form === 'case' ? '' : 'i');
}

function escapeForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

const RAW = new WeakMap<Row, string>();

/**
 * The event's text: `_raw`, or the values of all fields, a line each, where a test event has none.
 */
export function rawText(row: Row): string {
  const known = RAW.get(row);
  if (known !== undefined) return known;
  const own = textsOf(row, '_raw')[0];
  const text =
    own ??
    Object.keys(row.event)
      .filter((field) => field !== '_time')
      .flatMap((field) => textsOf(row, field))
      .join('\n');
  RAW.set(row, text);
  return text;
}
