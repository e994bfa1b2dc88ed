import { isPlaceholder, joinParts, type Pattern, type PatternPart, parsePattern } from './pattern.ts';

/** What can stand between two percent signs as the name of a placeholder. */
const name = '[^%\\s\\\\]+';
const marks = new RegExp(`\\\\\\\\|\\\\%|%(${name})%`, 'g');
const everyPlaceholder = new RegExp(`%(${name})%`, 'g');
const looksLikePlaceholder = new RegExp(everyPlaceholder.source);

/** The text of a value under `expand`: `%name%` is a placeholder, `\%` a plain percent sign, and `\\%name%` a backslash before a placeholder. */
export function parseExpanded(text: string): Pattern {
  const parts: PatternPart[] = [];
  let end = 0;
  for (const match of text.matchAll(marks)) {
    // two backslashes are one, and are read with the text in which they stand
    if (match[0] === '\\\\') continue;
    parts.push(...parsePattern(text.slice(end, match.index)), match[1] === undefined ? '%' : { placeholder: match[1] });
    end = match.index + match[0].length;
  }
  return joinParts([...parts, ...parsePattern(text.slice(end))]);
}

/** True for a text that seems to name a placeholder and, with a backslash before its percent sign, does not. */
export const seemsExpanded = (text: string): boolean => looksLikePlaceholder.test(text) && !parseExpanded(text).some(isPlaceholder);

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

export type Filled = { readonly patterns: readonly Pattern[] } | { readonly missing: string } | { readonly tooMany: number };

/** The pattern with its placeholders replaced by each combination of their values, of which there may be `most`. Those without a value stay under `keep`. */
export function fillPlaceholders(
  pattern: Pattern,
  values: ReadonlyMap<string, readonly Pattern[]>,
  { most, keep }: { readonly most: number; readonly keep: boolean },
): Filled {
  let patterns: PatternPart[][] = [[]];
  for (const part of pattern) {
    const choices: readonly Pattern[] | undefined = isPlaceholder(part) ? (values.get(part.placeholder) ?? (keep ? [[part]] : undefined)) : [[part]];
    if (!choices) return { missing: isPlaceholder(part) ? part.placeholder : '' };
    // told before they are made: the product can be beyond any memory
    if (patterns.length * choices.length > most) return { tooMany: patterns.length * choices.length };
    patterns = patterns.flatMap((head) => choices.map((choice) => [...head, ...choice]));
  }
  return { patterns: patterns.map(joinParts) };
}
