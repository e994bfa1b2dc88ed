import type { SearchValue } from './search-parse.ts';
import { type Row, textsOf } from './value.ts';

/**
 * Bare terms and phrases. Splunk looks up the words that its major and minor breakers leave, then checks the text: a term matches where it
 * stands between breakers; `TERM(x)` only between major ones; `*` at an end opens that border. In a word `*` stays between major breakers.
 */
const MAJOR = '\\s\\[\\]<>(){}|!;,\'"*&?+';
const BREAKER = `${MAJOR}/:=@.\\-$#%\\\\_`;

export function rawTermTest(value: SearchValue): (row: Row) => boolean {
  if (value.text === '*') return () => true;
  const pattern = termPattern(value);
  return (row) => pattern.test(rawText(row));
}

function termPattern(value: SearchValue): RegExp {
  const borders = value.form === 'term' ? MAJOR : BREAKER;
  const inner = value.form === 'word' || value.form === 'term' ? `[^${MAJOR}]*` : '[\\s\\S]*?';
  const body = value.text.split('*').map(escapeForRegex).join(inner);
  const first = value.text.charAt(0);
  const last = value.text.charAt(value.text.length - 1);
  const isBreaker = new RegExp(`[${BREAKER}]`);
  const before = first === '*' || isBreaker.test(first) ? '' : `(?<![^${borders}])`;
  const after = last === '*' || isBreaker.test(last) ? '' : `(?![^${borders}])`;
  return new RegExp(before + body + after, value.form === 'case' ? '' : 'i');
}

function escapeForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

const RAW = new WeakMap<Row, string>();

/** The event's text: `_raw`, or the values of all fields, a line each, where a test event has none. */
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
