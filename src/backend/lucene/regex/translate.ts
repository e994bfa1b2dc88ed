import { assertNever } from '../../../query/tree.ts';
import { widenCase } from '../../../regex/case.ts';
import { complementRanges, NOT_NEWLINE } from '../../../regex/set.ts';
import type { RegexClass, RegexNode, RegexRepeat } from '../../../regex/tree.ts';
import { Refusal } from '../../backend.ts';
import { charRanges } from './char-ranges.ts';
import { ANY_CHAR, type Ir, NEVER, NOTHING, repeatOf, sequenceOf, setOf, tooLarge } from './ir.ts';
import {
  anchorVariants,
  freeBody,
  isFree,
  isPlaces,
  joinVariants,
  mergeVariants,
  nonEmptyVariants,
  type Variants,
} from './variant.ts';

/** Copies that a repeated group with an anchor inside is written out to. */
const MAX_COPIES = 8;
/** Ways to match and steps to find them, above which anchors are taken for nonsense. */
const MAX_VARIANTS = 9;
const MAX_JOINS = 60;
/** Ranges of all classes together. */
const MAX_RANGES = 5000;

export interface Translation {
  /** Overrides the flags of the pattern where true. */
  readonly ignoreCase: boolean;
  readonly notes: Set<string>;
  joins: number;
  /** Ranges of the classes so far; in the end each is written. */
  ranges: number;
}

const FREE_NOTHING = freeBody(NOTHING);

export function translate(node: RegexNode, to: Translation): Variants {
  switch (node.kind) {
    case 'empty':
      return FREE_NOTHING;
    case 'char':
      return freeBody(setOf(charRanges(node.codePoint, node.ignoreCase || to.ignoreCase)));
    case 'any':
      return freeBody(node.dotAll ? ANY_CHAR : setOf(NOT_NEWLINE));
    case 'class':
      return freeBody(setOf(classRanges(node, to)));
    case 'group':
      return translate(node.node, to);
    case 'sequence':
      return sequenceVariants(node.nodes, to);
    case 'alternation':
      return limited(mergeVariants(node.branches.flatMap((branch) => translate(branch, to))));
    case 'repeat':
      return repeatVariants(node, to);
    case 'anchor':
      return anchorVariants(node);
    case 'lookaround':
      throw new Refusal(`Lucene has no look-${node.behind ? 'behind' : 'ahead'}`, node.offset);
    case 'backreference':
      throw new Refusal('Lucene has no back-references', node.offset);
    case 'atomic':
      throw new Refusal('Lucene has no atomic groups', node.offset);
    case 'opaque':
      throw new Refusal(`Lucene has nothing like \`${node.text}\``, node.offset);
    default:
      return assertNever(node);
  }
}

function classRanges(node: RegexClass, to: Translation): RegexClass['ranges'] {
  const ranges = node.ignoreCase || to.ignoreCase ? widenCase(node.ranges) : node.ranges;
  to.ranges += ranges.length;
  if (to.ranges > MAX_RANGES) throw tooLarge();
  return node.negated ? complementRanges(ranges) : ranges;
}

/** Neighbours without conditions are put together first, so that only anchors cost a join. */
function sequenceVariants(nodes: readonly RegexNode[], to: Translation): Variants {
  let variants = FREE_NOTHING;
  let run: Ir[] = [];
  for (const node of nodes) {
    const next = translate(node, to);
    const only = next[0];
    if (next.length === 1 && only && isFree(next)) run.push(only.body);
    else {
      variants = joined(joined(variants, freeBody(sequenceOf(run)), to), next, to);
      run = [];
    }
  }
  return joined(variants, freeBody(sequenceOf(run)), to);
}

function joined(first: Variants, second: Variants, to: Translation): Variants {
  if (first === FREE_NOTHING) return second;
  if (++to.joins > MAX_JOINS)
    throw new Refusal('the pattern has too many anchors to be written for Lucene, which has none');
  return limited(joinVariants(first, second));
}

function limited(variants: Variants): Variants {
  if (variants.length > MAX_VARIANTS)
    throw new Refusal(
      'the anchors of the pattern are too entangled to be written for Lucene, which has none',
    );
  return variants;
}

function repeatVariants(node: RegexRepeat, to: Translation): Variants {
  if (node.possessive) throw new Refusal('Lucene has no possessive quantifiers', node.offset);
  if (node.lazy)
    to.notes.add(
      'lazy quantifiers are written as greedy ones: whether a value matches is the same',
    );
  const item = translate(node.node, to);
  if (isFree(item)) return freeBody(repeatOf(item[0]?.body ?? NEVER, node.min, node.max));
  if (isPlaces(item)) return node.min === 0 ? FREE_NOTHING : item;
  return unrolled(node, item, to);
}

/**
 * `a{2,4}` as `aa(a(a)?)?`. In the part that may be left out, empty rounds are left out too: they
 * could only add conditions.
 */
function unrolled({ min, max, offset }: RegexRepeat, item: Variants, to: Translation): Variants {
  const more = mergeVariants(nonEmptyVariants(item));
  const rest = max - min;
  if (min > MAX_COPIES || (!isFree(more) && rest > MAX_COPIES))
    throw new Refusal('an anchor inside a group that repeats has no equal in Lucene', offset);
  let variants = FREE_NOTHING;
  if (isFree(more)) variants = freeBody(repeatOf(more[0]?.body ?? NOTHING, 0, rest));
  else
    for (let copy = 0; copy < rest; copy++)
      variants = limited(mergeVariants([...FREE_NOTHING, ...joined(more, variants, to)]));
  for (let copy = 0; copy < min; copy++) variants = joined(item, variants, to);
  return variants;
}
