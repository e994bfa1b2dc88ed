import { visible } from '../../source/visible.ts';

/** Characters that change the direction of a text: with them, it reads as another one. */
const turning = /\p{Bidi_Control}/gu;

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
  if (typeof value === 'string') return value.replace(turning, (char) => visible(char));
  if (Array.isArray(value)) return value.map(shown);
  return typeof value === 'object' && value !== null ? readable(value) : value;
}
