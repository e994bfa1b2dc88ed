import {
  ALL,
  type CodeRanges,
  intersectRanges,
  NEWLINE,
  NOT_WORD,
  WORD,
} from '../../../regex/set.ts';
import type { RegexAnchor } from '../../../regex/tree.ts';
import {
  choiceOf,
  type Ir,
  isNever,
  isNothing,
  NOTHING,
  nonEmpty,
  sequenceOf,
  withFirst,
  withLast,
} from './ir.ts';

/** What must be next to a place: the edge of the text, or a character of the ranges. */
export interface Beside {
  readonly edge: boolean;
  readonly ranges: CodeRanges;
}

/**
 * One way to match a part of a pattern: `body`, with a condition on what is just before it and one
 * on what is just after. An anchor is an empty body with conditions. Joining parts settles the
 * conditions inside, so only those at the ends are left.
 */
export interface Variant {
  readonly before: Beside;
  readonly body: Ir;
  readonly after: Beside;
}

export type Variants = readonly Variant[];

export const FREE: Beside = { edge: true, ranges: ALL };
const EDGE: Beside = { edge: true, ranges: [] };
const WORD_BESIDE: Beside = { edge: false, ranges: WORD };
const NOT_WORD_BESIDE: Beside = { edge: true, ranges: NOT_WORD };
const CHAR_BESIDE: Beside = { edge: false, ranges: ALL };
const NEWLINE_BESIDE: Beside = { edge: false, ranges: NEWLINE };
const LINE_END: Beside = { edge: true, ranges: NEWLINE };

export const freeBody = (body: Ir): Variants =>
  isNever(body) ? [] : [{ before: FREE, body, after: FREE }];

const place = (before: Beside, after: Beside): Variant => ({ before, body: NOTHING, after });

export function anchorVariants({ at, multiline }: RegexAnchor): Variants {
  switch (at) {
    case 'start':
    case 'textStart':
      // PCRE sees no line after a newline that ends the text
      return at === 'start' && multiline
        ? [place(EDGE, FREE), place(NEWLINE_BESIDE, CHAR_BESIDE)]
        : [place(EDGE, FREE)];
    case 'end':
    case 'textEnd':
      return [place(FREE, at === 'end' && multiline ? LINE_END : EDGE)];
    case 'wordBoundary':
      return [place(WORD_BESIDE, NOT_WORD_BESIDE), place(NOT_WORD_BESIDE, WORD_BESIDE)];
    case 'notWordBoundary':
      return [place(WORD_BESIDE, WORD_BESIDE), place(NOT_WORD_BESIDE, NOT_WORD_BESIDE)];
  }
}

/** Every way of the first followed by every way of the second. */
export function joinVariants(first: Variants, second: Variants): Variants {
  const joined: Variant[] = [];
  for (const a of first) for (const b of second) joinPair(a, b, joined);
  return mergeVariants(joined);
}

/**
 * A condition at the seam applies to the other part's outermost character, or, if that part is
 * empty, to what is beyond it.
 */
function joinPair(a: Variant, b: Variant, into: Variant[]): void {
  const [bodyA, bodyB] = [a.body, b.body];
  const add = (before: Beside, parts: readonly Ir[], after: Beside): void => {
    const body = sequenceOf(parts);
    if (!isNever(body) && possible(before) && possible(after)) into.push({ before, body, after });
  };
  if (a.after === FREE && b.before === FREE) add(a.before, [bodyA, bodyB], b.after);
  else if (b.before === FREE) {
    add(a.before, [bodyA, withFirst(bodyB, a.after.ranges)], b.after);
    if (bodyB.nullable) add(a.before, [bodyA], both(a.after, b.after));
  } else if (a.after === FREE) {
    add(a.before, [withLast(bodyA, b.before.ranges), bodyB], b.after);
    if (bodyA.nullable) add(both(a.before, b.before), [bodyB], b.after);
  } else {
    add(a.before, [withLast(bodyA, b.before.ranges), withFirst(bodyB, a.after.ranges)], b.after);
    if (bodyA.nullable) add(both(a.before, b.before), [withFirst(bodyB, a.after.ranges)], b.after);
    if (bodyB.nullable) add(a.before, [withLast(bodyA, b.before.ranges)], both(a.after, b.after));
    if (bodyA.nullable && bodyB.nullable) add(both(a.before, b.before), [], both(a.after, b.after));
  }
}

/** Ways that differ in their bodies only become one. */
export function mergeVariants(variants: Variants): Variants {
  if (variants.length < 2) return variants;
  const groups = new Map<string, Variant[]>();
  for (const variant of variants) {
    const key = `${besideKey(variant.before)} ${besideKey(variant.after)}`;
    const group = groups.get(key);
    if (group) group.push(variant);
    else groups.set(key, [variant]);
  }
  const merged: Variant[] = [];
  for (const group of groups.values()) {
    const first = group[0];
    if (first)
      merged.push(
        group.length === 1
          ? first
          : { ...first, body: choiceOf(group.map((variant) => variant.body)) },
      );
  }
  return merged;
}

export const isFree = (variants: Variants): boolean =>
  variants.every((variant) => variant.before === FREE && variant.after === FREE);

/** Only anchors, which may be repeated or left out without a change of meaning. */
export const isPlaces = (variants: Variants): boolean =>
  variants.every((variant) => isNothing(variant.body));

/**
 * The ways of a repeat, the empty ones left out: what a repeat that may be skipped anyway needs of
 * its item.
 */
export function nonEmptyVariants(variants: Variants): Variants {
  return variants
    .map((variant) => ({ ...variant, body: nonEmpty(variant.body) }))
    .filter((variant) => !isNever(variant.body));
}

function both(a: Beside, b: Beside): Beside {
  if (a === FREE || a === b) return b;
  if (b === FREE) return a;
  return { edge: a.edge && b.edge, ranges: intersectRanges(a.ranges, b.ranges) };
}

const possible = (beside: Beside): boolean => beside.edge || beside.ranges.length > 0;

const besideKey = (beside: Beside): string =>
  beside === FREE ? '' : `${beside.edge}${beside.ranges.join(';')}`;
