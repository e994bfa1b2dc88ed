import { ANY, ONE, type Pattern } from '../../../sigma/value/pattern.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import { Refusal } from '../../backend.ts';
import { charRanges } from './char-ranges.ts';
import { determinizable } from './gap.ts';
import { ANY_CHAR, ANY_TEXT, type Ir, sequenceOf, setOf } from './ir.ts';
import { printIr } from './print.ts';

/**
 * Whether Lucene's automaton for the wildcards stays within its limit: `?` after `*` are a counted
 * gap, as `.{12}` is. A text is the same as a regular expression that Lucene takes; undefined: it
 * takes the wildcards as they are.
 */
export function affordable(
  pattern: Pattern,
  ignoreCase: boolean,
  { hideDollar, regexLength }: { readonly hideDollar: boolean; readonly regexLength: number },
): Result<string | undefined> {
  const any = pattern.indexOf(ANY);
  if (any === -1 || !pattern.includes(ONE, any)) return asTheyAre;
  try {
    const items = pattern.flatMap((part) => irOf(part, ignoreCase));
    const fitting = determinizable(items);
    if (fitting === items) return asTheyAre;
    if (!fitting) return failed('their automaton has too many states');
    return ok(printIr(sequenceOf(fitting), { hideDollar, maxLength: regexLength }));
  } catch (error) {
    if (error instanceof Refusal) return failed(error.message);
    throw error;
  }
}

const asTheyAre = ok(undefined);

function irOf(part: Pattern[number], ignoreCase: boolean): readonly Ir[] {
  if (part === ANY) return [ANY_TEXT];
  if (part === ONE) return [ANY_CHAR];
  if (typeof part !== 'string') return [];
  return Array.from(part, (char) => setOf(charRanges(char.codePointAt(0) ?? 0, ignoreCase)));
}
