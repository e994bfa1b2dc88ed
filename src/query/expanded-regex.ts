import { parseRegex } from '../regex/regex.ts';
import { isPlaceholder, type Pattern } from '../sigma/value/pattern.ts';
import { expressionPart, fillPlaceholders } from '../sigma/value/placeholder.ts';
import type { RegexTest, StringTest } from './tree.ts';

/**
 * A regular expression with placeholders in it, or one that is filled; the error of one that is no
 * expression with its values.
 */
export type FilledRegex =
  | StringTest
  | RegexTest
  | { readonly kind: 'error'; readonly source: string; readonly message: string };

/**
 * What becomes of an expression by each combination of the values; as {@link fillPlaceholders}
 * where there is no such thing.
 */
export function fillRegex(
  {
    pattern,
    flags,
  }: Pick<StringTest, 'pattern'> & { readonly flags: NonNullable<StringTest['flags']> },
  values: ReadonlyMap<string, readonly Pattern[]>,
  bounds: { readonly most: number; readonly keep: boolean },
):
  | { readonly tests: readonly FilledRegex[] }
  | { readonly missing: string }
  | { readonly tooMany: number } {
  const wanted = new Set(
    pattern.flatMap((part) => (isPlaceholder(part) ? [part.placeholder] : [])),
  );
  const parts = new Map(
    [...values]
      .filter(([name]) => wanted.has(name))
      .map(([name, list]) => [name, list.map((one): Pattern => [expressionPart(one)])]),
  );
  const filled = fillPlaceholders(pattern, parts, bounds);
  if (!('patterns' in filled)) return filled;
  return {
    tests: filled.patterns.map((one): FilledRegex => {
      if (one.some(isPlaceholder)) return { kind: 'string', pattern: one, cased: false, flags };
      const source = one.join('');
      const parsed = parseRegex(source, flags);
      return parsed.ok
        ? { kind: 'regex', source, ...flags }
        : { kind: 'error', source, message: parsed.error.message };
    }),
  };
}
