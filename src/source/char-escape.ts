/** `\u00e9`: a UTF-16 code unit as JSON and Java escape it. */
export const unicodeEscape = (char: string): string =>
  `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text as one part of a URL; half a surrogate pair has no bytes, and is U+FFFD. */
export const urlPart = (text: string): string => encodeURIComponent(text.toWellFormed());

/** `%28`: a character as in a URL, also where `encodeURIComponent` leaves it as it is. */
export function percentEncoded(char: string): string {
  const encoded = encodeURIComponent(char);
  return encoded === char ? `%${char.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
}
