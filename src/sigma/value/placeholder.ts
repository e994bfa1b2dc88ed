import { failed, ok, type Result } from '../../source/result.ts';
import {
  ANY,
  isPlaceholder,
  joinParts,
  ONE,
  type Pattern,
  type PatternPart,
  parsePattern,
} from './pattern.ts';

/** The name of a placeholder, between two percent signs. */
const name = '[^%\\s\\\\]+';
const marks = new RegExp(`\\\\\\\\|\\\\%|%(${name})%`, 'g');
const everyPlaceholder = new RegExp(`%(${name})%`, 'g');
const looksLikePlaceholder = new RegExp(everyPlaceholder.source);

/**
 * Parses text under `expand`: `%name%` is a placeholder, `\%` a percent sign, and `\\%name%` a
 * backslash before a placeholder.
 */
export function parseExpanded(text: string): Pattern {
  const parts: PatternPart[] = [];
  let end = 0;
  for (const match of text.matchAll(marks)) {
    // two backslashes are one, and are parsed with the text around them
    if (match[0] === '\\\\') continue;
    parts.push(
      ...parsePattern(text.slice(end, match.index)),
      match[1] === undefined ? '%' : { placeholder: match[1] },
    );
    end = match.index + match[0].length;
  }
  return joinParts([...parts, ...parsePattern(text.slice(end))]);
}

const regexMarks = new RegExp(`\\\\([^])|%(${name})%`, 'g');

/**
 * Parses a regular expression under `expand`: `%name%` is a placeholder, `\%` a percent sign, and
 * all else is the expression.
 */
export function parseExpandedRegex(text: string): Pattern {
  const parts: PatternPart[] = [];
  let end = 0;
  for (const match of text.matchAll(regexMarks)) {
    if (match[2] === undefined && match[1] !== '%') continue;
    parts.push(
      text.slice(end, match.index),
      match[2] === undefined ? '%' : { placeholder: match[2] },
    );
    end = match.index + match[0].length;
  }
  return joinParts([...parts, text.slice(end)]);
}

/**
 * A placeholder's value as part of a regular expression: unchanged and without escaping, like
 * pySigma. `*` alone is any text.
 */
export function expressionPart(pattern: Pattern): string {
  if (pattern.length === 1 && pattern[0] === ANY) return '.*';
  return pattern
    .map((part) =>
      part === ANY
        ? '*'
        : part === ONE
          ? '?'
          : isPlaceholder(part)
            ? `%${part.placeholder}%`
            : part.replace(/[*?]/g, '\\$&'),
    )
    .join('');
}

/** True for text that seems to name a placeholder, but has a backslash before its percent sign. */
export const seemsExpanded = (text: string, parsed: Pattern): boolean =>
  looksLikePlaceholder.test(text) && !parsed.some(isPlaceholder);

/** Makes placeholders of `%name%` in the literals, which have no escapes. */
export function expandPlaceholders(pattern: Pattern): Pattern {
  return joinParts(
    pattern.flatMap((part): PatternPart[] => {
      if (typeof part !== 'string') return [part];
      const parts: PatternPart[] = [];
      let end = 0;
      for (const match of part.matchAll(everyPlaceholder)) {
        parts.push(part.slice(end, match.index), { placeholder: match[1] ?? '' });
        end = match.index + match[0].length;
      }
      parts.push(part.slice(end));
      return parts;
    }),
  );
}

/**
 * Why a pattern can't be filled: a placeholder has no value, or there are too many combinations.
 */
export type Unfilled =
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'tooMany'; readonly combinations: number }
  | { readonly kind: 'tooLong' };

export interface FillingBounds {
  /** Combinations. */
  readonly most: number;
  /** UTF-16 units of all of them together. */
  readonly longest: number;
  /** Placeholders without a value stay. */
  readonly keep: boolean;
}

/**
 * Replaces the placeholders of a pattern by each combination of their values.
 */
export function fillPlaceholders(
  pattern: Pattern,
  values: ReadonlyMap<string, readonly Pattern[]>,
  { most, longest, keep }: FillingBounds,
): Result<readonly Pattern[], Unfilled> {
  let patterns: PatternPart[][] = [[]];
  const length = longestFilled(pattern, values);
  for (const part of pattern) {
    const given = isPlaceholder(part) ? values.get(part.placeholder) : undefined;
    if (!given && isPlaceholder(part) && !keep)
      return failed({ kind: 'missing', name: part.placeholder });
    const choices: readonly Pattern[] = given ?? [[part]];
    // checked before they are made: there can be more than any memory holds
    const combinations = patterns.length * choices.length;
    if (combinations > most) return failed({ kind: 'tooMany', combinations });
    if (combinations > 1 && combinations * length > longest) return failed({ kind: 'tooLong' });
    const [only] = choices;
    // a text can have very many parts: their heads are not copied for each
    if (only && choices.length === 1) for (const head of patterns) appendTo(head, only);
    else patterns = patterns.flatMap((head) => choices.map((choice) => [...head, ...choice]));
  }
  return ok(patterns.map(joinParts));
}

function appendTo(head: PatternPart[], parts: Pattern): void {
  for (const part of parts) head.push(part);
}

export const patternLength = (pattern: Pattern): number =>
  pattern.reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);

/** Of the pattern with the longest value of each placeholder. */
function longestFilled(pattern: Pattern, values: ReadonlyMap<string, readonly Pattern[]>): number {
  const lengths = new Map<string, number>();
  for (const part of pattern) {
    const given = isPlaceholder(part) ? values.get(part.placeholder) : undefined;
    if (!given || !isPlaceholder(part) || lengths.has(part.placeholder)) continue;
    const longest = given.reduce<number>((most, one) => Math.max(most, patternLength(one)), 1);
    lengths.set(part.placeholder, longest);
  }
  return pattern.reduce<number>(
    (sum, part) =>
      sum + (isPlaceholder(part) ? (lengths.get(part.placeholder) ?? 1) : patternLength([part])),
    0,
  );
}
