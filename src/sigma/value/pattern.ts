/**
 * Sigma string values: literal text and wildcards, escapes resolved once, here.
 * See "String Wildcard" and "Escaping" of the Sigma rules specification.
 */

/** `*`: any number of characters, none included. */
export const ANY = 0;
/** `?`: exactly one character. */
export const ONE = 1;

/** `%name%` under the `expand` modifier; replaced from configuration before a query is printed. */
export interface Placeholder {
  readonly placeholder: string;
}

export type PatternPart = string | typeof ANY | typeof ONE | Placeholder;

/**
 * Parts in order; literals are never empty and never adjacent; no two {@link ANY} in a row. `[]` is
 * the empty string.
 */
export type Pattern = readonly PatternPart[];

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

/** One literal, and where any characters may stand beside it. */
export interface OpenLiteral {
  readonly text: string;
  readonly open: 'none' | 'start' | 'end' | 'both';
}

/** One literal with `*` before it, after it, or both; undefined for other patterns. */
export function openLiteral(pattern: Pattern): OpenLiteral | undefined {
  const start = pattern[0] === ANY;
  const end = pattern.length > 1 && pattern.at(-1) === ANY;
  const [text, ...more] = pattern.slice(start ? 1 : 0, end ? -1 : undefined);
  if (typeof text !== 'string' || more.length > 0) return undefined;
  return { text, open: start ? (end ? 'both' : 'start') : end ? 'end' : 'none' };
}

/**
 * Text of a rule to pattern: `\*`, `\?` and `\\` are escapes, any other backslash stands for
 * itself.
 */
export function parsePattern(text: string): Pattern {
  // a backslash before anything else stands for itself, as in most paths
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

/** Inverse of {@link parsePattern}: text that parses to the same pattern. */
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

/** The text itself where the pattern has no wildcard or placeholder. */
export function literalText(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  const only = pattern[0];
  return pattern.length === 1 && typeof only === 'string' ? only : undefined;
}

/** The pattern with wildcards put where `contains`, `startswith` and `endswith` want them. */
export function shaped(pattern: Pattern, shape: 'contains' | 'startswith' | 'endswith'): Pattern {
  const [text] = pattern;
  // nearly every pattern: written out, an array is not longer than what it holds
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
