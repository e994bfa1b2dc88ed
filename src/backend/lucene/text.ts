import { perName } from '../../source/cache.ts';

/** Spellings of text in Lucene's classic query syntax. */

/** In quotes only the quote and the backslash are special. */
export const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** A term outside quotes, with a backslash before every sign of the syntax and every blank. */
export const escapedTerm = (text: string): string =>
  text.replace(/[-+=&|><!(){}[\]^"~*?:\\/\s\u3000]/g, '\\$&');

/** A field name; its dots are part of it. One that is an operator becomes a name by a backslash. */
export const escapedField = perName((name) =>
  /^(?:and|or|not)$/i.test(name)
    ? `\\${name}`
    : name.replace(/[-+=&|><!(){}[\]^"~*?:\\/\s\u3000$]/g, '\\$&'),
);

/**
 * True where the text may have a letter with two cases; some scripts without case count as having
 * it.
 */
export const hasLetters = (text: string): boolean => /[A-Za-z\u0080-\uffff]/.test(text);
