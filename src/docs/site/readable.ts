/** Characters that change the direction of a text: with them, it reads as another one. */
const turning = /\p{Bidi_Control}/u;
const everyTurning = new RegExp(turning, 'gu');
const turningPiece = new RegExp(`(${turning.source})`, 'u');

/** What a page shows to the letter, since it is copied: its template marks the characters. */
const exact: ReadonlySet<string> = new Set(['source', 'query', 'tokens']);

/**
 * What an HTML page is rendered from, with each text as it reads from left to right: `\u{202e}` in
 * place of the character, as on a terminal.
 */
export function readable(context: object): object {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, exact.has(key) ? value : shown(value)]),
  );
}

function shown(value: unknown): unknown {
  if (typeof value === 'string')
    return turning.test(value) ? value.replace(everyTurning, escaped) : value;
  if (Array.isArray(value)) return value.map(shown);
  return typeof value === 'object' && value !== null ? readable(value) : value;
}

const digits = (char: string): string => (char.codePointAt(0) ?? 0).toString(16);
const escaped = (char: string): string => `\\u{${digits(char)}}`;

/** A piece of a text that is shown to the letter. */
export interface ExactPiece {
  readonly text: string;
  /** `U+202E` where the text is such a character alone, else empty. */
  readonly code: string;
}

/** The pieces are the text, with each character that turns it in one of its own. */
export function exactPieces(text: string): readonly ExactPiece[] {
  if (!turning.test(text)) return [{ text, code: '' }];
  return text
    .split(turningPiece)
    .map((piece, at) => ({
      text: piece,
      code: at % 2 === 1 ? `U+${digits(piece).toUpperCase().padStart(4, '0')}` : '',
    }))
    .filter((piece) => piece.text !== '');
}
