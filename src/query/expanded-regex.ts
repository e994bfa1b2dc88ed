import { parseRegex } from '../regex/regex.ts';
import { isPlaceholder, type Pattern } from '../sigma/value/pattern.ts';
import {
  expressionPart,
  type FillingBounds,
  fillPlaceholders,
  type Unfilled,
} from '../sigma/value/placeholder.ts';
import { failed, ok, type Result } from '../source/result.ts';
import type { RegexTest, StringTest } from './tree.ts';

/** A regular expression with placeholders in it. */
export interface UnfilledRegex extends Pick<StringTest, 'pattern'> {
  readonly flags: NonNullable<StringTest['flags']>;
}

/** An expression is invalid with the value of a placeholder. */
interface InvalidFilling {
  readonly kind: 'invalid';
  readonly source: string;
  readonly message: string;
}

/**
 * Fills an expression with each combination of the values. With `keep`, placeholders without a
 * value stay, and the test remains text.
 */
export function fillRegex(
  { pattern, flags }: UnfilledRegex,
  values: ReadonlyMap<string, readonly Pattern[]>,
  bounds: FillingBounds,
): Result<readonly (StringTest | RegexTest)[], Unfilled | InvalidFilling> {
  const wanted = new Set(
    pattern.flatMap((part) => (isPlaceholder(part) ? [part.placeholder] : [])),
  );
  const parts = new Map(
    [...values]
      .filter(([name]) => wanted.has(name))
      .map(([name, list]) => [name, list.map((one): Pattern => [expressionPart(one)])]),
  );
  const filled = fillPlaceholders(pattern, parts, bounds);
  if (!filled.ok) return filled;
  const tests: (StringTest | RegexTest)[] = [];
  for (const one of filled.value) {
    if (one.some(isPlaceholder)) tests.push({ kind: 'string', pattern: one, cased: false, flags });
    else {
      const source = one.join('');
      const parsed = parseRegex(source, flags);
      if (!parsed.ok) return failed({ kind: 'invalid', source, message: parsed.error.message });
      tests.push({ kind: 'regex', source, ...flags });
    }
  }
  return ok(tests);
}
