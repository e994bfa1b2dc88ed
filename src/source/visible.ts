import { unicodeEscape } from './char-escape.ts';

/**
 * Terminal control, bidirectional and invisible characters: what could move the cursor, or recolour
 * or reorder what a person reads.
 */
const hidden = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/gu;

/**
 * Replaces each such character by something visible: `␛` for ESC, `\u{202e}` for a bidirectional
 * override.
 */
export function visible(text: string): string {
  return text.replace(hidden, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\\u{${code.toString(16)}}`;
  });
}

/** The first characters of a text that is longer, with `...` in place of the rest. */
export const clipped = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}...` : text;

/** At most so many UTF-16 units from the start of a text, without half of a surrogate pair. */
export const wholeStart = (text: string, most: number): string =>
  text.slice(0, most).replace(/[\ud800-\udbff]$/, '');

/**
 * The same as {@link visible}, with the escapes of JSON. Such characters occur only inside strings,
 * so the value stays the same.
 */
export function visibleJson(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    unicodeEscape,
  );
}

/** A piece of a text that is shown to the letter. */
export interface ExactPiece {
  readonly text: string;
  /** `U+202E` where the text is such a character alone, else empty. */
  readonly code: string;
}

/** The pieces are the text, with each character that changes its direction in one of its own. */
export function exactPieces(text: string): readonly ExactPiece[] {
  return text
    .split(/(\p{Bidi_Control})/u)
    .map((piece, at) => ({ text: piece, code: at % 2 === 1 ? codeOf(piece) : '' }))
    .filter((piece) => piece.text !== '');
}

const codeOf = (char: string): string =>
  `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
