/**
 * String values of Sigma: literal text and wildcards, with escapes resolved here only. See "String
 * Wildcard" and "Escaping" in the Sigma rules specification.
 */

/** The part of a {@link Pattern} that `*` means: any number of characters, or none. */
export const ANY = 0;
/** The part of a {@link Pattern} that `?` means: exactly one character. */
export const ONE = 1;

/** `%name%` under the `expand` modifier; replaced from configuration before a query is printed. */
export interface Placeholder {
  readonly placeholder: string;
}

/** Literal text, a wildcard ({@link ANY}, {@link ONE}) or a placeholder. */
export type PatternPart = string | typeof ANY | typeof ONE | Placeholder;

/**
 * A string value of a rule: literal text and wildcards, with escapes resolved. Literals are never
 * empty and never adjacent, and no two {@link ANY} are in a row. `[]` is the empty string.
 *
 * @example
 * import { ANY, type Pattern, patternText } from 'sigpack';
 *
 * const pattern: Pattern = [ANY, '\\cmd.exe'];
 * patternText(pattern); // => '*\\\\cmd.exe'
 */
export type Pattern = readonly PatternPart[];

/**
 * Whether a part of a pattern is a placeholder, `%name%` under the `expand` modifier.
 *
 * @param part - A part of a pattern.
 * @returns True for a placeholder, of which `placeholder` is the name.
 * @example
 * import { isPlaceholder } from 'sigpack';
 *
 * isPlaceholder({ placeholder: 'admins' }); // => true
 * isPlaceholder('admins'); // => false
 */
export const isPlaceholder = (part: PatternPart): part is Placeholder => typeof part === 'object';

export function joinParts(parts: Iterable<PatternPart>): Pattern {
  const joined: PatternPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string')
      joined[joined.length - 1] = last + part;
    else if (part === ANY && last === ANY) continue;
    else joined.push(part);
  }
  return joined;
}

/** A literal, and the sides on which it may be preceded or followed by anything. */
export interface OpenLiteral {
  readonly text: string;
  readonly open: 'none' | 'start' | 'end' | 'both';
}

/**
 * The literal of a pattern that is one literal with `*` before it, after it, both or neither;
 * undefined for other patterns.
 */
export function openLiteral(pattern: Pattern): OpenLiteral | undefined {
  const start = pattern[0] === ANY;
  const end = pattern.length > 1 && pattern.at(-1) === ANY;
  const [text, ...more] = pattern.slice(start ? 1 : 0, end ? -1 : undefined);
  if (typeof text !== 'string' || more.length > 0) return undefined;
  return { text, open: start ? (end ? 'both' : 'start') : end ? 'end' : 'none' };
}

/** Parses text of a rule: `\*`, `\?` and `\\` are escapes, any other backslash is literal. */
export function parsePattern(text: string): Pattern {
  // a backslash before anything else is literal, as in most paths
  if (!/[*?]|\\\\/.test(text)) return text === '' ? [] : [text];
  const parts: PatternPart[] = [];
  let literal = '';
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const next = text[at + 1];
    if (char === '\\' && (next === '\\' || next === '*' || next === '?')) {
      literal += text.slice(start, at) + next;
      at++;
    } else if (char === '*' || char === '?') {
      parts.push(literal + text.slice(start, at), char === '*' ? ANY : ONE);
      literal = '';
    } else continue;
    start = at + 1;
  }
  parts.push(literal + text.slice(start));
  return joinParts(parts);
}

/**
 * A pattern as a rule would have it.
 *
 * @param pattern - Any pattern.
 * @returns Text with `*`, `?` and `%name%`, in which a backslash escapes `*`, `?` and itself.
 * @example
 * import { ANY, ONE, patternText } from 'sigpack';
 *
 * patternText(['a*b', ANY, 'c', ONE]); // => 'a\\*b*c?'
 */
export function patternText(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (part === ANY) return '*';
      if (part === ONE) return '?';
      if (isPlaceholder(part)) return `%${part.placeholder}%`;
      return part.replace(/[\\*?]/g, '\\$&');
    })
    .join('');
}

/**
 * The text of a pattern that is only text.
 *
 * @param pattern - Any pattern.
 * @returns Undefined where the pattern has a wildcard or a placeholder.
 * @example
 * import { ANY, literalText } from 'sigpack';
 *
 * literalText(['cmd.exe']); // => 'cmd.exe'
 * literalText([ANY, 'cmd.exe']); // => undefined
 */
export function literalText(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  const only = pattern[0];
  return pattern.length === 1 && typeof only === 'string' ? only : undefined;
}

/** The pattern with the wildcards that `contains`, `startswith` or `endswith` adds. */
export function shaped(pattern: Pattern, shape: 'contains' | 'startswith' | 'endswith'): Pattern {
  const [text] = pattern;
  // nearly all patterns. An array literal has no spare capacity
  if (pattern.length === 1 && typeof text === 'string')
    return shape === 'contains'
      ? [ANY, text, ANY]
      : shape === 'startswith'
        ? [text, ANY]
        : [ANY, text];
  const open = shape !== 'startswith' && pattern[0] !== ANY;
  const close = shape !== 'endswith' && pattern.at(-1) !== ANY;
  if (open && close) return pattern.length === 0 ? [ANY] : [ANY, ...pattern, ANY];
  return open ? [ANY, ...pattern] : close ? [...pattern, ANY] : pattern;
}
