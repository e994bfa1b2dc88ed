import type { RegexParsed } from '../../../regex/regex.ts';
import type { RegexNode } from '../../../regex/tree.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import { Refusal } from '../../backend.ts';
import { queryStringLimits } from '../limits.ts';
import { wholeText } from './edge.ts';
import { determinizable } from './gap.ts';
import { choiceOf, type Ir, sequenceOf, tooLarge } from './ir.ts';
import { endSafely } from './literal.ts';
import { type PrintOptions, printIr, tooLong } from './print.ts';
import { translate } from './translate.ts';
import { mergeVariants, type Variant } from './variant.ts';

// what the rest of the backend may use of this room
export { endSafely, luceneEscape } from './literal.ts';
export { affordable } from './wildcard-cost.ts';

export interface LuceneRegexOptions {
  /** Ignores case whatever the pattern's flags say. */
  readonly ignoreCase?: boolean;
  /** Writes `$` without the sign, for Graylog, where `$name$` is a parameter. */
  readonly hideDollar?: boolean;
  /** UTF-16 units; by default what OpenSearch allows. */
  readonly maxLength?: number;
}

export interface LuceneRegex {
  /** Goes between the slashes of a query; matches the whole value. */
  readonly text: string;
  readonly notes: readonly string[];
}

export interface Untranslatable {
  readonly reason: string;
  /** UTF-16 units into the pattern, where one place is to blame. */
  readonly offset?: number;
}

/** Characters and classes of a pattern; no text within the length holds more. */
const MAX_LEAVES = 2000;

/** A PCRE pattern as Lucene regular expression of exactly the values that it matches somewhere. */
export function toLuceneRegex(
  parse: RegexParsed,
  options: LuceneRegexOptions = {},
): Result<LuceneRegex, Untranslatable> {
  try {
    return ok(translated(parse, options));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message: reason, offset } = error;
    return failed({ reason, ...(offset === undefined ? {} : { offset }) });
  }
}

function translated(
  { node }: RegexParsed,
  {
    ignoreCase = false,
    hideDollar = false,
    maxLength = queryStringLimits.regexLength,
  }: LuceneRegexOptions,
): LuceneRegex {
  if (leaves(node) > MAX_LEAVES) throw tooLarge();
  const notes = new Set<string>();
  const variants = mergeVariants(translate(node, { ignoreCase, notes, joins: 0, ranges: 0 }));
  if (variants.length === 0)
    throw new Refusal(
      'the pattern can match nothing: its anchors or classes contradict each other',
    );
  const print = { hideDollar, maxLength };
  const ways = variants.map((variant) => determinizableText(variant, print));
  const text = endSafely(printIr(factored(ways, print), print));
  if (text.length > maxLength) throw tooLong(print);
  return { text: text === '' ? '()' : text, notes: [...notes] };
}

function determinizableText(variant: Variant, options: PrintOptions): readonly Ir[] {
  const plain = wholeText(variant);
  // that a text is too long is found sooner than that it has too many states
  printIr(sequenceOf(plain), options);
  const items = determinizable(plain);
  if (items) return items;
  throw new Refusal(
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
