import type { RegexParsed } from '../../../regex/regex.ts';
import type { RegexNode } from '../../../regex/tree.ts';
import { queryStringLimits } from '../limits.ts';
import { wholeText } from './edge.ts';
import { determinizable } from './gap.ts';
import { choiceOf, type Ir, IrTooLarge, sequenceOf } from './ir.ts';
import { endSafely, type PrintOptions, printIr, TextTooLong } from './print.ts';
import { translate, Untranslatable } from './translate.ts';
import { mergeVariants, type Variant } from './variant.ts';

export { endSafely, luceneEscape } from './print.ts';

export interface LuceneRegexOptions {
  /** Ignores case whatever the pattern's flags say. */
  readonly ignoreCase?: boolean;
  /** Writes `$` without the sign, for Graylog, where `$name$` is a parameter. */
  readonly hideDollar?: boolean;
  /** UTF-16 units; by default what OpenSearch allows. */
  readonly maxLength?: number;
}

export type LuceneRegex = LuceneRegexText | LuceneRegexRefusal;

export interface LuceneRegexText {
  readonly ok: true;
  /** What stands between the slashes of a query; matches the whole value. */
  readonly text: string;
  readonly notes: readonly string[];
}

export interface LuceneRegexRefusal {
  readonly ok: false;
  readonly reason: string;
  /** UTF-16 units into the pattern, where one place is to blame. */
  readonly offset?: number;
}

/** Characters and classes of a pattern; no text within the length holds more. */
const MAX_LEAVES = 2000;

/**
 * A PCRE pattern as Lucene regular expression of exactly the values that it matches somewhere, or
 * the reason why there is none.
 */
export function toLuceneRegex(parse: RegexParsed, options: LuceneRegexOptions = {}): LuceneRegex {
  const print = {
    hideDollar: options.hideDollar ?? false,
    maxLength: options.maxLength ?? queryStringLimits.regexLength,
  };
  const notes = new Set<string>();
  try {
    if (leaves(parse.node) > MAX_LEAVES) throw new IrTooLarge();
    const variants = mergeVariants(
      translate(parse.node, {
        ignoreCase: options.ignoreCase ?? false,
        notes,
        joins: 0,
        ranges: 0,
      }),
    );
    if (variants.length === 0)
      return {
        ok: false,
        reason: 'the pattern can match nothing: its anchors or classes contradict each other',
      };
    const text = endSafely(
      printIr(
        factored(
          variants.map((variant) => determinizableText(variant, print)),
          print,
        ),
        print,
      ),
    );
    if (text.length > print.maxLength) throw new TextTooLong();
    return { ok: true, text: text === '' ? '()' : text, notes: [...notes] };
  } catch (error) {
    if (error instanceof Untranslatable)
      return {
        ok: false,
        reason: error.message,
        ...(error.offset === undefined ? {} : { offset: error.offset }),
      };
    if (error instanceof IrTooLarge)
      return {
        ok: false,
        reason: 'the pattern is too large for Lucene, which unrolls counted repeats',
      };
    if (error instanceof TextTooLong)
      return {
        ok: false,
        reason:
          `the pattern takes more than ${print.maxLength} characters in Lucene, which the ` +
          'server refuses',
      };
    throw error;
  }
}

function determinizableText(variant: Variant, options: PrintOptions): readonly Ir[] {
  const plain = wholeText(variant);
  // Too long a text is noticed sooner than too many states.
  printIr(sequenceOf(plain), options);
  const items = determinizable(plain);
  if (items) return items;
  throw new Untranslatable(
    'Lucene gives up on the pattern: its counted repeats take more states than ' +
      '`max_determinized_states` allows',
  );
}

/** Ways to match, with what all of them start and end with written once. */
function factored(ways: readonly (readonly Ir[])[], options: PrintOptions): Ir {
  const [first, ...others] = ways;
  if (!first || others.length === 0) return sequenceOf(first ?? []);
  const texts = ways.map((way) => way.map((item) => printIr(item, options)));
  const shortest = Math.min(...ways.map((way) => way.length));
  const shared = (limit: number, at: (length: number, index: number) => number): number => {
    let count = 0;
    while (
      count < limit &&
      texts.every((text) => text[at(text.length, count)] === texts[0]?.[at(texts[0].length, count)])
    )
      count++;
    return count;
  };
  const start = shared(shortest, (_, index) => index);
  const end = shared(shortest - start, (length, index) => length - 1 - index);
  const middles = ways.map((way) => sequenceOf(way.slice(start, way.length - end)));
  return sequenceOf([
    ...first.slice(0, start),
    choiceOf(middles),
    ...first.slice(first.length - end),
  ]);
}

function leaves(node: RegexNode): number {
  if (node.kind === 'sequence') return node.nodes.reduce((sum, child) => sum + leaves(child), 0);
  if (node.kind === 'alternation')
    return node.branches.reduce((sum, child) => sum + leaves(child), 0);
  return 'node' in node ? leaves(node.node) : 1;
}
