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

/** What can stand between two percent signs as the name of a placeholder. */
const name = '[^%\\s\\\\]+';
const marks = new RegExp(`\\\\\\\\|\\\\%|%(${name})%`, 'g');
const everyPlaceholder = new RegExp(`%(${name})%`, 'g');
const looksLikePlaceholder = new RegExp(everyPlaceholder.source);

/**
 * The text of a value under `expand`: `%name%` is a placeholder, `\%` a plain percent sign, and
 * `\\%name%` a backslash before a placeholder.
 */
export function parseExpanded(text: string): Pattern {
  const parts: PatternPart[] = [];
  let end = 0;
  for (const match of text.matchAll(marks)) {
    // two backslashes are one, and are read with the text in which they stand
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
 * A regular expression under `expand`: `%name%` is a placeholder, `\%` a percent sign, and all else
 * the text of the expression.
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
 * A placeholder's value as part of a regular expression: as it is written, nothing in it escaped,
 * as pySigma has it. A `*` alone is any text.
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

/**
 * True for a text that seems to name a placeholder and, with a backslash before its percent sign,
 * does not.
 */
export const seemsExpanded = (text: string, parsed: Pattern): boolean =>
  looksLikePlaceholder.test(text) && !parsed.some(isPlaceholder);

/** `%name%` in the literals, which are free of escapes, becomes a placeholder. */
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

/** Why a pattern is not filled: a placeholder without a value, or the number of combinations. */
export type Unfilled =
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'tooMany'; readonly combinations: number };

/**
 * The pattern with its placeholders replaced by each combination of their values, of which there
 * may be `most`. Those without a value stay under `keep`.
 */
export function fillPlaceholders(
  pattern: Pattern,
  values: ReadonlyMap<string, readonly Pattern[]>,
  { most, keep }: { readonly most: number; readonly keep: boolean },
): Result<readonly Pattern[], Unfilled> {
  let patterns: PatternPart[][] = [[]];
  for (const part of pattern) {
    const given = isPlaceholder(part) ? values.get(part.placeholder) : undefined;
    if (!given && isPlaceholder(part) && !keep)
      return failed({ kind: 'missing', name: part.placeholder });
    const choices: readonly Pattern[] = given ?? [[part]];
    // before they are made: the product can be beyond any memory
    const combinations = patterns.length * choices.length;
    if (combinations > most) return failed({ kind: 'tooMany', combinations });
    patterns = patterns.flatMap((head) => choices.map((choice) => [...head, ...choice]));
  }
  return ok(patterns.map(joinParts));
}
