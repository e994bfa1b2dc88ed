import { unflagged, unflaggedFile } from '../../backend/splunk/app-inspect.ts';

// each starts with a specific character, so a long run of blanks takes a single pass
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]\s*/g;
// control characters, bidirectional marks (they make a text read as another), byte order marks,
// lone surrogates
const unprintable = /[\p{Cc}\p{Cs}\p{Bidi_Control}\ufeff]/gu;
const backslash = 92;

// most texts have none of them: one search is cheaper than two replacements
const either = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]/u;

const oneLine = (text: string): string =>
  (either.test(text) ? text.replace(lineBreaks, ' ').replace(unprintable, '') : text).trim();

/**
 * A text as a conf value: one line that never ends in a backslash, which would join the next line.
 */
export function confValue(text: string): string {
  const value = oneLine(text);
  return value.charCodeAt(value.length - 1) === backslash ? `${value}.` : value;
}

/**
 * Why a value whose meaning must not change (a search, a setting of the user) can't be written as
 * it is; undefined if it can.
 */
export function confError(value: string): string | undefined {
  if (value.trimEnd().endsWith('\\'))
    return 'ends in a backslash, which would join the next line to it';
  return /[\p{Cc}\u2028\u2029]/u.test(value)
    ? 'holds a line break or a control character'
    : undefined;
}

/** Whether the text is a name of a setting: only letters, digits and `._:-`. */
export const isConfKey = (key: string): boolean => /^[A-Za-z_][\w.:-]*$/.test(key);

/**
 * The name of a stanza: one line, with parentheses for brackets, and never the name of a stanza of
 * defaults.
 */
export function stanzaName(text: string): string {
  const value = confText(text);
  const name = /[[\]]/.test(value) ? value.replaceAll('[', '(').replaceAll(']', ')') : value;
  return /^(default|general|global|stash)?$/i.test(name) ? `${name} (detection)`.trim() : name;
}

/** Splunk reads names with the same key as one stanza. */
export const stanzaKey = (name: string): string => stanzaName(name).toLowerCase();

/**
 * A text of a rule as a conf value. Joined to one line first, as AppInspect may flag the joined
 * text.
 */
export const confText = (text: string): string => unflagged(confValue(text));

// line ends of other systems, and characters that are invisible or make a text read as another
const foreignLineEnd = /\r\n?|[\u0085\u2028\u2029]/g;
const beyondPrintable = /[^\t\n -~]/;
const eitherInLines = /[^\P{Cc}\t\n]|[\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]/u;
const unseenInLines = /[^\P{Cc}\t\n]|[\p{Cs}\p{Bidi_Control}\ufeff]/gu;

/** A text of several lines for a lookup, without what AppInspect flags. */
export function unflaggedLines(text: string): string {
  // most texts are ASCII, which a plain class finds out in a third of the time
  const seen =
    beyondPrintable.test(text) && eitherInLines.test(text)
      ? text.replace(foreignLineEnd, '\n').replace(unseenInLines, '')
      : text;
  return unflaggedFile(seen);
}
