import {
  ALL,
  type CodeRange,
  type CodeRanges,
  intersectRanges,
  normalizeRanges,
} from '../../../regex/set.ts';
import { Refusal } from '../../backend.ts';

/**
 * A regular expression in the strict sense: no anchors, flags or groups, so that its parts can be
 * cut, joined and repeated freely. Only the functions here make one. They keep it small: no empty
 * alternatives, no nested sequences, no repeat of nothing.
 */
export type Ir = IrSet | IrSequence | IrChoice | IrRepeat | IrExcept;

interface Measured {
  /** Matches the empty text. */
  readonly nullable: boolean;
  /** Characters to be placed by an engine that unrolls the counted repeats. */
  readonly size: number;
}

/** One character of the ranges, which are never empty. */
export interface IrSet extends Measured {
  readonly kind: 'set';
  readonly ranges: CodeRanges;
}

export interface IrSequence extends Measured {
  readonly kind: 'sequence';
  readonly items: readonly Ir[];
}

/** Without items: matches nothing at all, see {@link NEVER}. */
export interface IrChoice extends Measured {
  readonly kind: 'choice';
  readonly items: readonly Ir[];
}

export interface IrRepeat extends Measured {
  readonly kind: 'repeat';
  readonly item: Ir;
  readonly min: number;
  readonly max: number;
}

/** The texts of `item` that `except` does not match. */
export interface IrExcept extends Measured {
  readonly kind: 'except';
  readonly item: Ir;
  readonly except: Ir;
}

/** A size above this is not worth building: Lucene gives up at 10,000 states. */
const MAX_SIZE = 10_000;

export const tooLarge = (): Refusal =>
  new Refusal('the pattern is too large for Lucene, which unrolls counted repeats');

export const NOTHING: IrSequence = { kind: 'sequence', items: [], nullable: true, size: 0 };
export const NEVER: IrChoice = { kind: 'choice', items: [], nullable: false, size: 0 };
export const ANY_CHAR: IrSet = { kind: 'set', ranges: ALL, nullable: false, size: 1 };
export const ANY_TEXT: Ir = {
  kind: 'repeat',
  item: ANY_CHAR,
  min: 0,
  max: Number.POSITIVE_INFINITY,
  nullable: true,
  size: 1,
};

export const isNever = (ir: Ir): boolean => ir.kind === 'choice' && ir.items.length === 0;
export const isNothing = (ir: Ir): boolean => ir.kind === 'sequence' && ir.items.length === 0;

function measured(size: number): number {
  if (size > MAX_SIZE) throw tooLarge();
  return size;
}

export function setOf(ranges: CodeRanges): Ir {
  return ranges.length === 0 ? NEVER : { kind: 'set', ranges, nullable: false, size: 1 };
}

export function sequenceOf(parts: readonly Ir[]): Ir {
  const items: Ir[] = [];
  let size = 0;
  for (const part of parts) {
    if (isNever(part)) return NEVER;
    if (part.kind === 'sequence') for (const item of part.items) items.push(item);
    else items.push(part);
    size = measured(size + part.size);
  }
  const only = items[0];
  if (!only) return NOTHING;
  return items.length === 1
    ? only
    : { kind: 'sequence', items, nullable: items.every((item) => item.nullable), size };
}

/** One of the parts; single characters join into one set, an empty part makes the rest optional. */
export function choiceOf(parts: readonly Ir[]): Ir {
  const items: Ir[] = [];
  const chars: CodeRange[] = [];
  let [optional, setAt, size] = [false, -1, 0];
  for (const part of parts) {
    size = measured(size + part.size);
    if (isNothing(part)) optional = true;
    else if (part.kind === 'choice') for (const item of part.items) items.push(item);
    else if (part.kind === 'set') {
      if (setAt === -1) setAt = items.push(part) - 1;
      for (const range of part.ranges) chars.push(range);
    } else items.push(part);
  }
  if (setAt !== -1) items[setAt] = setOf(normalizeRanges(chars));
  const choice = oneOf(items, size);
  return optional && !choice.nullable ? repeatOf(choice, 0, 1) : choice;
}

function oneOf(items: readonly Ir[], size: number): Ir {
  const only = items[0];
  if (!only) return NEVER;
  return items.length === 1
    ? only
    : { kind: 'choice', items, nullable: items.some((item) => item.nullable), size };
}

export function repeatOf(item: Ir, min: number, max: number): Ir {
  if (isNothing(item) || max === 0) return NOTHING;
  if (isNever(item)) return min === 0 ? NOTHING : NEVER;
  if (min === 1 && max === 1) return item;
  if (item.kind === 'repeat' && item.min <= 1 && min <= 1) {
    if (max === Number.POSITIVE_INFINITY || item.max === Number.POSITIVE_INFINITY)
      return repeatItem(item.item, Math.min(item.min, min), Number.POSITIVE_INFINITY);
    if (max === 1) return repeatItem(item.item, 0, item.max);
  }
  return repeatItem(item, item.nullable ? 0 : min, max);
}

function repeatItem(item: Ir, min: number, max: number): Ir {
  const copies = max === Number.POSITIVE_INFINITY ? Math.max(min, 1) : max;
  return {
    kind: 'repeat',
    item,
    min,
    max,
    nullable: min === 0 || item.nullable,
    size: measured(item.size * copies),
  };
}

export function exceptOf(item: Ir, except: Ir): Ir {
  if (isNever(item) || isNever(except)) return item;
  return {
    kind: 'except',
    item,
    except,
    nullable: item.nullable && !except.nullable,
    size: measured(item.size + except.size),
  };
}

/** The same texts except the empty one. */
export function nonEmpty(ir: Ir): Ir {
  return ir.nullable ? withFirst(ir, ALL) : ir;
}

/** The texts whose first character is one of the ranges. */
export function withFirst(ir: Ir, ranges: CodeRanges): Ir {
  return edged(ir, ranges, false);
}

/** The texts whose last character is one of the ranges. */
export function withLast(ir: Ir, ranges: CodeRanges): Ir {
  return edged(ir, ranges, true);
}

function edged(ir: Ir, ranges: CodeRanges, last: boolean): Ir {
  switch (ir.kind) {
    case 'set':
      return setOf(intersectRanges(ir.ranges, ranges));
    case 'choice':
      return choiceOf(ir.items.map((item) => edged(item, ranges, last)));
    case 'except':
      return exceptOf(edged(ir.item, ranges, last), ir.except);
    case 'repeat': {
      const item = nonEmpty(ir.item);
      const rest = repeatOf(item, ir.item.nullable ? 0 : Math.max(0, ir.min - 1), ir.max - 1);
      const edge = edged(item, ranges, last);
      return sequenceOf(last ? [rest, edge] : [edge, rest]);
    }
    case 'sequence':
      return choiceOf(edgedItems(ir.items, ranges, last));
  }
}

/**
 * Each way of a sequence to begin (or end): with its outermost item, or with the next where that
 * one may be empty.
 */
function edgedItems(items: readonly Ir[], ranges: CodeRanges, last: boolean): Ir[] {
  const ways: Ir[] = [];
  for (let skipped = 0; skipped < items.length; skipped++) {
    const item = last ? items[items.length - 1 - skipped] : items[skipped];
    if (!item) break;
    const edge = edged(item, ranges, last);
    ways.push(
      sequenceOf(
        last
          ? [...items.slice(0, items.length - 1 - skipped), edge]
          : [edge, ...items.slice(skipped + 1)],
      ),
    );
    if (!item.nullable) break;
  }
  return ways;
}
