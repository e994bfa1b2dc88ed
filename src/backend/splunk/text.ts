import { isPlaceholder, ONE, type Pattern, type PatternPart } from '../../sigma/value/pattern.ts';
import { perName } from '../../source/cache.ts';
import { type Place, refused } from '../backend.ts';
import { isFlaggedTerm, looseTerm } from './app-inspect.ts';

/**
 * Spellings of text in SPL. In quotes, `\"` and `\\` are escapes in the search stage and in eval
 * alike. Manual: Search Reference, "search" and "Evaluation functions"; Search Manual, "Use CASE()
 * and TERM()".
 */
export const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** A number without an exponent, which eval does not read. */
export function decimal(value: number | bigint): string {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(String(value)) ?? [];
  if (exponent === undefined) return String(value);
  const point = whole.length + Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`.padEnd(point, '0');
  const at = Math.max(1, point);
  return `${sign}${digits.slice(0, at)}${at < digits.length ? `.${digits.slice(at)}` : ''}`;
}

/**
 * Characters that no quoting keeps in place: line ends would end the conf setting, backticks call
 * macros, a star is a wildcard.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const unsayable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029`*]/;

/** False where the search stage can't express all of the literal. */
function sayable(literal: string, cloudSafe: boolean): boolean {
  return !unsayable.test(literal) && !(cloudSafe && isFlaggedTerm(literal));
}

/** The search stage's spelling of a pattern. */
export type Spelling = (pattern: Pattern) => string;

const escaped = (literal: string): string => literal.replace(/["\\]/g, '\\$&');

/** True where {@link exactValue} means what the pattern does. */
export function isSayable(pattern: Pattern, cloudSafe: boolean): boolean {
  return pattern.every(
    (part) => part !== ONE && (typeof part !== 'string' || sayable(part, cloudSafe)),
  );
}

/** For a pattern that {@link isSayable} accepts, which most are. */
export function exactValue(pattern: Pattern): string {
  let text = '"';
  for (const part of pattern) text += typeof part === 'string' ? escaped(part) : wildcard(part);
  return `${text}"`;
}

function wildcard(part: Exclude<PatternPart, string>): string {
  if (isPlaceholder(part)) throw new Error(`placeholder ${part.placeholder} was not filled`);
  return '*';
}

/**
 * For any pattern. Whatever the search stage can't express becomes `*`, so the value matches at
 * least what the pattern does.
 */
export const looseValue =
  (cloudSafe: boolean): Spelling =>
  (pattern) => {
    if (isSayable(pattern, cloudSafe)) return exactValue(pattern);
    const parts = pattern.map((part) =>
      typeof part === 'string' ? weakened(part, cloudSafe) : wildcard(part),
    );
    return `"${parts.join('').replace(/\*{2,}/g, '*')}"`;
  };

function weakened(literal: string, cloudSafe: boolean): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  const text = escaped(literal).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029`*]+/g, '*');
  return cloudSafe && isFlaggedTerm(literal) ? looseTerm(text) : text;
}

/**
 * Before an equals sign, the search stage does not take these for a field but for a time range or
 * another search.
 */
const modifier = new RegExp(
  `^(?:${[
    '(?:_index_)?(?:earliest|latest)',
    '(?:start|end)(?:timeu?|(?:days|hours|minutes|months)ago)',
    'timeformat',
    'searchtimespan[a-z]+',
    'saved(?:search|splunk)',
  ].join('|')})$`,
);

/** A field name in the search stage, and after BY. */
export function searchField(name: string, place: Place): string {
  if (modifier.test(name)) {
    throw refused(
      place,
      `Splunk's search stage takes \`${name}\` for a modifier, not for a field`,
      'Give the field another name before it is searched, with a field alias for instance.',
    );
  }
  if (/^[A-Za-z_][A-Za-z0-9_.]*$/.test(name) && !/^(?:and|or|not|in|by|as)$/i.test(name))
    return name;
  return `"${checkedField(name, place)}"`;
}

/** A field name in eval and where. */
export function evalField(name: string, place: Place): string {
  return /^_(?:raw|time)$/.test(name) ? name : `'${checkedField(name, place)}'`;
}

/** Whether a search can name the field in each of its commands. */
export const isNameable = perName(
  (name) => name !== '' && !unnameable.test(name) && !modifier.test(name),
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const unnameable = /["'\\`*|[\]$\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function checkedField(name: string, place: Place): string {
  if (name !== '' && !unnameable.test(name)) return name;
  throw refused(
    place,
    `Splunk can't name the field \`${name}\``,
    'Field names must be free of quotes, backslashes, backticks, wildcards, bars, brackets ' +
      'and dollar signs.',
  );
}
