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

/** The pattern with its placeholders replaced by each combination of their values; undefined names are returned as missing. */
export function fillPlaceholders(pattern: Pattern, values: ReadonlyMap<string, readonly Pattern[]>): { patterns: readonly Pattern[]; missing?: string } {
  let patterns: PatternPart[][] = [[]];
  for (const part of pattern) {
    const choices: readonly Pattern[] | undefined = isPlaceholder(part) ? values.get(part.placeholder) : [[part]];
    if (!choices) return { patterns: [], missing: isPlaceholder(part) ? part.placeholder : '' };
    patterns = patterns.flatMap((head) => choices.map((choice) => [...head, ...choice]));
  }
  return { patterns: patterns.map(joinParts) };
}
