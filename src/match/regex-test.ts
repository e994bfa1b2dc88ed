import { RE2JS } from 're2js';
import { parseRegex } from '../query/regex.ts';
import { requiredPattern } from '../query/regex-literal.ts';
import type { RegexTest } from '../query/tree.ts';
import { ANY } from '../sigma/pattern.ts';
import { lowerOf, type Value } from './event.ts';
import { globTest, lowerPattern } from './glob.ts';
import { Unmatchable } from './unmatchable.ts';

/** A test in time linear in the text. Throws {@link Unmatchable} for what the linear engine lacks: look-around, back-references and the like. */
export function regexTest(test: RegexTest): (value: Value) => boolean {
  const expression = compiled(test);
  const required = requiredTest(test);
  return required ? (value) => required(value) && expression.test(value.text) : (value) => expression.test(value.text);
}

function compiled({ source, ignoreCase, multiline, dotAll }: RegexTest): RE2JS {
  const flags = (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0) | (dotAll ? RE2JS.DOTALL : 0);
  try {
    return RE2JS.compile(source, flags);
  } catch (error) {
    throw new Unmatchable(`the linear-time engine has no such expression: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What any match holds in any letter case: most texts are told apart by that alone. */
function requiredTest({ source, ignoreCase, multiline, dotAll }: RegexTest): ((value: Value) => boolean) | undefined {
  const parsed = parseRegex(source, { ignoreCase, multiline, dotAll });
  if (!parsed.ok) return undefined;
  const pattern = requiredPattern(parsed.node);
  if (pattern.length === 1 && pattern[0] === ANY) return undefined;
  const holds = globTest(lowerPattern(pattern));
  return (value) => holds(lowerOf(value));
}
