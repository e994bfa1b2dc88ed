import { RE2JS } from 're2js';
import type { RegexTest } from '../query/tree.ts';
import { requiredPattern } from '../regex/literal.ts';
import { parseRegex } from '../regex/regex.ts';
import type { RegexNode } from '../regex/tree.ts';
import { ANY } from '../sigma/value/pattern.ts';
import { lowerOf, type Value } from './event.ts';
import { globTest, lowerPattern } from './glob.ts';
import { linearRegex } from './linear-regex.ts';
import { Unmatchable } from './unmatchable.ts';

/**
 * A test in time linear in the text. Throws {@link Unmatchable} for what the linear engine lacks.
 */
export function regexTest({
  source,
  ignoreCase,
  multiline,
  dotAll,
}: RegexTest): (value: Value) => boolean {
  const parsed = parseRegex(source, { ignoreCase, multiline, dotAll });
  if (!parsed.ok) throw new Unmatchable(parsed.error.message);
  const { node } = parsed.value;
  const expression = compiled(node);
  const required = requiredTest(node);
  return required
    ? (value) => required(value) && expression.test(value.text)
    : (value) => expression.test(value.text);
}

function compiled(node: RegexNode): RE2JS {
  const text = linearRegex(node);
  try {
    return RE2JS.compile(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unmatchable(`the linear-time engine refuses the expression: ${reason}`);
  }
}

/** A quick test for a text that any match contains: it excludes most values. */
function requiredTest(node: RegexNode): ((value: Value) => boolean) | undefined {
  const pattern = requiredPattern(node);
  if (pattern.length === 1 && pattern[0] === ANY) return undefined;
  const holds = globTest(lowerPattern(pattern));
  return (value) => holds(lowerOf(value));
}
