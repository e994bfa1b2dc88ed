import { ANY, isPlaceholder, ONE, type Pattern } from '../../sigma/value/pattern.ts';
import { type Place, refused } from '../backend.ts';

/**
 * Spellings of LogPoint's search language. In quotes a backslash is itself and nothing can be
 * escaped: a value with double quotes is put in single ones, and what neither can hold becomes `?`,
 * any one character. So no text of a rule can end its quotes, whether or not a release takes `\"`
 * for an escape.
 */

/** Commands and operators of the language: names in quotes are always fields. */
const reserved = new Set(
  (
    'and or not in as by on having same within followed join left right where limit asc desc ' +
    'process filter search chart timechart rex norm fields rename latest order'
  ).split(' '),
);

export function fieldName(name: string, place: Place): string {
  if (/^[A-Za-z_][\w.]*$/.test(name)) return reserved.has(name.toLowerCase()) ? `"${name}"` : name;
  if (name !== '' && !/["'\\*?\p{Cc}\u2028\u2029]/u.test(name)) return `"${name}"`;
  const message =
    `LogPoint can't name the field \`${name}\`: quotes, backslashes and wildcards have no ` +
    'escape there';
  throw refused(place, message, 'Map the field to another name in a pipeline.');
}

/** Wildcards, and what would end the line. */
const wild = /[*?\p{Cc}\u2028\u2029]/gu;
const quotes = /["']/g;

/** True where {@link quotedPattern} means exactly what the pattern does. */
export function isSayable(pattern: Pattern): boolean {
  let double = false;
  let single = false;
  for (const part of pattern) {
    if (typeof part !== 'string') continue;
    if (part.search(wild) !== -1) return false;
    double ||= part.includes('"');
    single ||= part.includes("'");
  }
  const last = pattern.at(-1);
  return !(double && single) && !(typeof last === 'string' && last.endsWith('\\'));
}

/**
 * The pattern in quotes. Whatever they can't hold becomes `?`, so it matches at least what the
 * pattern does.
 */
export function quotedPattern(pattern: Pattern): string {
  const literals = pattern.filter((part) => typeof part === 'string').join('');
  const single = literals.includes('"') && !literals.includes("'");
  let text = '';
  for (const part of pattern) {
    if (part === ANY) text += '*';
    else if (part === ONE) text += '?';
    else if (isPlaceholder(part)) throw new Error(`placeholder ${part.placeholder} was not filled`);
    else
      text += single
        ? part.replace(wild, '?')
        : part.replace(wild, '?').replace(quotes, (quote) => (quote === '"' ? '?' : quote));
  }
  const safe = text.replace(/\\$/, '?');
  return single ? `'${safe}'` : `"${safe}"`;
}
