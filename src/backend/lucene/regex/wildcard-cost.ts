import { ANY, ONE, type Pattern } from '../../../sigma/value/pattern.ts';
import { charRanges } from './char-ranges.ts';
import { determinizable } from './gap.ts';
import { ANY_CHAR, ANY_TEXT, type Ir, IrTooLarge, sequenceOf, setOf } from './ir.ts';
import { printIr, TextTooLong } from './print.ts';

/**
 * `plain`: Lucene takes the wildcards as they are. A text: the same as a regular expression that it
 * takes. Undefined: it gives up on them.
 */
export type Affordable = 'plain' | { readonly text: string } | undefined;

/**
 * Whether Lucene's automaton for the wildcards stays within its limit: `?` after `*` are a counted
 * gap, as `.{12}` is.
 */
export function affordable(
  pattern: Pattern,
  ignoreCase: boolean,
  options: { readonly hideDollar: boolean; readonly regexLength: number },
): Affordable {
  const any = pattern.indexOf(ANY);
  if (any === -1 || !pattern.includes(ONE, any)) return 'plain';
  try {
    const items = pattern.flatMap((part) => irOf(part, ignoreCase));
    const fitting = determinizable(items);
    if (fitting === items) return 'plain';
    return (
      fitting && {
        text: printIr(sequenceOf(fitting), {
          hideDollar: options.hideDollar,
          maxLength: options.regexLength,
        }),
      }
    );
  } catch (error) {
    if (error instanceof IrTooLarge || error instanceof TextTooLong) return undefined;
    throw error;
  }
}

function irOf(part: Pattern[number], ignoreCase: boolean): readonly Ir[] {
  if (part === ANY) return [ANY_TEXT];
  if (part === ONE) return [ANY_CHAR];
  if (typeof part !== 'string') return [];
  return Array.from(part, (char) => setOf(charRanges(char.codePointAt(0) ?? 0, ignoreCase)));
}
