import type { NameKeys } from '../../sigma/collection/lone-rule.ts';
import { wholeStart } from '../../source/visible.ts';
import { stanzaName } from '../render/conf-text.ts';

/** Enterprise Security's limit for the name of a search. */
export const maximumNameLength = 99;

/** The name from a title: one line; if it is too long, cut and with the digits of the id. */
export function plainName(title: string, id: string): string {
  const name = oneLine(title) || 'Detection';
  return name.length <= maximumNameLength
    ? name
    : `${cut(name, maximumNameLength - 9)} ${digitsOf(id).slice(0, 8)}`;
}

/**
 * The name of a rule whose plain name is taken: with the first digits of its id, and more of them
 * until `isFree`.
 */
export function markedName(title: string, id: string, isFree: (name: string) => boolean): string {
  const name = oneLine(title) || 'Detection';
  const digits = digitsOf(id);
  const marked = (count: number): string =>
    `${cut(name, maximumNameLength - count - 3)} (${digits.slice(0, count)})`;
  return [8, 12, 16, 24].map(marked).find(isFree) ?? marked(32);
}

export const digitsOf = (id: string): string => id.replaceAll('-', '').toLowerCase();

export const cut = (name: string, length: number): string => wholeStart(name, length).trimEnd();

/**
 * Removes line ends, control characters, lone surrogates and marks that make a text read as
 * another.
 */
function oneLine(text: string): string {
  if (!/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]| {2}/u.test(text)) return text.trim();
  return text
    .replace(/[\p{Cs}\p{Bidi_Control}\ufeff]/gu, '')
    .replace(/[\p{Cc}\u2028\u2029 ]+/gu, ' ')
    .trim();
}

export function slugOf(name: string): string {
  // drops accents and keeps their letters
  const plain = /^[ -~]*$/.test(name) ? name : name.normalize('NFKD');
  const words = plain.toLowerCase().match(/[a-z0-9]+/g);
  return words?.join('_').slice(0, 80) ?? 'detection';
}

/** The keys of titles that may lead to the same name, for rules that are read one by one. */
export const nameKeys = (prefix: string): NameKeys => ({
  of: (title) => slugOf(oneLine(prefix + title)),
  // a title that is too long, reserved by Splunk, or ends in digits like those of an id may get the
  // name of another title
  isCertain(title) {
    const name = oneLine(prefix + title);
    return (
      name.length <= maximumNameLength &&
      !/[\da-f]{8}\W*$/i.test(name) &&
      stanzaName(name).length === name.length
    );
  },
});
