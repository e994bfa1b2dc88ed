import { isPlaceholder, joinParts, type Pattern, type PatternPart } from './pattern.ts';

/** `%name%` in the literals becomes a placeholder; `\%` is a plain percent sign. */
export function expandPlaceholders(pattern: Pattern): Pattern {
  return joinParts(
    pattern.flatMap((part): PatternPart[] => {
      if (typeof part !== 'string') return [part];
      const parts: PatternPart[] = [];
      let end = 0;
      for (const match of part.matchAll(/\\%|%([^%\s]+)%/g)) {
        parts.push(part.slice(end, match.index), match[1] === undefined ? '%' : { placeholder: match[1] });
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
