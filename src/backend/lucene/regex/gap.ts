import { type CodeRanges, intersectRanges, normalizeRanges } from '../../../regex/set.ts';
import { determinizeCost } from './cost.ts';
import {
  ANY_CHAR,
  ANY_TEXT,
  choiceOf,
  exceptOf,
  type Ir,
  type IrRepeat,
  repeatOf,
  sequenceOf,
} from './ir.ts';

/**
 * Counted gaps, as in `copy.{2,128}to`: every `copy` starts another count, and a deterministic
 * automaton has a state for every set of counts. Where only the last start before `to` matters, the
 * gap is written so that it holds no later one; else the expression is refused.
 */

/**
 * Lucene's default limit as {@link determinizeCost} counts, for the least favourable patterns
 * found; for others it is four times as much.
 */
const COST_LIMIT = 45_000;
/** Up to so many states (every set of readings, times the size) nothing has to be counted. */
const SAFE_STATES = 4000;
/**
 * A gap with less leeway is left as it is. One with more than {@link LONG_GAP} is never left so.
 */
const SHORT_GAP = 8;
const LONG_GAP = 32;

/**
 * The items of a whole expression in a form that Lucene can take, with the same texts matching;
 * undefined if there is no such form.
 */
export function determinizable(items: readonly Ir[]): readonly Ir[] | undefined {
  const risk = riskOf(items);
  if (2 ** risk.counts * sequenceOf(items).size <= SAFE_STATES) return items;
  const [gap, ...others] = risk.gaps.map((index) => ({ index, item: items[index] })).filter(isGap);
  if (!gap || gap.item.max - gap.item.min < LONG_GAP) {
    if (determinizeCost(sequenceOf(items), COST_LIMIT) <= COST_LIMIT) return items;
  }
  if (!gap || others.length > 0) return undefined;
  const { index, item } = gap;
  const loose = items.with(index, repeatOf(item.item, item.min, Number.POSITIVE_INFINITY));
  const start = lastStart(items.slice(0, index), item);
  // The first look is cheap, and finds most of the hopeless ones.
  const glance = (3 * COST_LIMIT) / item.max;
  if (!start || determinizeCost(sequenceOf(loose), glance) > glance) return undefined;
  const rewritten = items.with(index, start);
  return determinizeCost(sequenceOf(rewritten), COST_LIMIT) <= COST_LIMIT ? rewritten : undefined;
}

interface Found {
  readonly index: number;
  readonly item: Ir | undefined;
}

function isGap(found: Found): found is { index: number; item: IrRepeat } {
  return (
    found.item?.kind === 'repeat' &&
    found.item.item.kind === 'set' &&
    found.item.max - found.item.min >= SHORT_GAP
  );
}

/**
 * The gap without the texts in which a later start would do as well: if it can be cut short at the
 * front, the shorter one is taken. The gap may read again what comes before it, whole or from its
 * last loop on. Undefined if neither holds.
 */
function lastStart(before: readonly Ir[], gap: IrRepeat): Ir | undefined {
  const starts: Ir[] = [];
  const [first, ...rest] = before;
  if (first === ANY_TEXT && rest.length > 0) starts.push(sequenceOf(before));
  else if (
    first?.kind === 'repeat' &&
    first.max === 1 &&
    first.item.kind === 'sequence' &&
    first.item.items[0] === ANY_TEXT
  )
    starts.push(sequenceOf([first.item, ...rest]));
  const again = fromLastLoop(before);
  if (again) starts.push(again);
  const enough =
    gap.min > 1
      ? [repeatOf(ANY_CHAR, gap.min, gap.min), ANY_TEXT]
      : [repeatOf(ANY_CHAR, gap.min, Number.POSITIVE_INFINITY)];
  return starts.length === 0 ? undefined : exceptOf(gap, sequenceOf([choiceOf(starts), ...enough]));
}

/**
 * A text that may be added to one of the items without leaving them, because a loop on the way
 * reads all of it: `a+b` and then `a*b`.
 */
function fromLastLoop(items: readonly Ir[]): Ir | undefined {
  const at = items.findLastIndex(
    (item, index) =>
      index > 0 &&
      item.kind === 'repeat' &&
      item.item.kind === 'set' &&
      item.max === Number.POSITIVE_INFINITY,
  );
  const loop = items[at];
  if (loop?.kind !== 'repeat' || loop.item.kind !== 'set') return undefined;
  const tail = sequenceOf(items.slice(at + 1));
  if (at === items.length - 1) return loop.item;
  return !tail.nullable && isRead(tail, loop.item.ranges)
    ? sequenceOf([repeatOf(loop.item, 0, Number.POSITIVE_INFINITY), tail])
    : undefined;
}

/** Every character of the expression is one of the ranges. */
function isRead(ir: Ir, ranges: CodeRanges): boolean {
  if (ir.kind === 'set') return intersectRanges(ir.ranges, ranges).join() === ir.ranges.join();
  return ir.kind === 'repeat' || ir.kind === 'except'
    ? isRead(ir.item, ranges)
    : ir.items.every((item) => isRead(item, ranges));
}

interface Risk {
  /** Characters under counts that can run several times at once. */
  readonly counts: number;
  /** Which of the items have them. */
  readonly gaps: readonly number[];
}

function riskOf(items: readonly Ir[]): Risk {
  const state: Walk = { last: [], word: '', looped: false, counts: 0 };
  const gaps: number[] = [];
  for (const [index, item] of items.entries()) {
    const known = state.counts;
    walk(item, 1, state);
    if (state.counts > known) gaps.push(index);
  }
  return { counts: state.counts, gaps };
}

interface Walk {
  /** What the character before may be. */
  last: CodeRanges;
  /**
   * Letters just before, no two the same: such a word is never read twice within its own length.
   */
  word: string;
  /** After a loop, a second reading may begin while a first goes on. */
  looped: boolean;
  counts: number;
}

/**
 * A second reading reaches a place while the first is still there only if the character before the
 * place fits there, too.
 */
function walk(ir: Ir, copies: number, state: Walk): void {
  const { last, word } = state;
  switch (ir.kind) {
    case 'set':
      if (
        state.looped &&
        (copies > 1 || isWide(ir.ranges)) &&
        intersectRanges(last, ir.ranges).length > 0
      ) {
        state.counts += state.word.length > 1 ? Math.ceil(copies / state.word.length) + 1 : copies;
      }
      state.last = ir.ranges;
      state.word = isWide(ir.ranges)
        ? ''
        : longer(state.word, String.fromCodePoint(ir.ranges[0]?.[0] ?? 0));
      return;
    case 'sequence':
      for (const item of ir.items) walk(item, copies, state);
      return;
    case 'choice': {
      const ends: CodeRanges[] = [];
      for (const item of ir.items) {
        state.last = last;
        state.word = word;
        walk(item, copies, state);
        ends.push(state.last);
      }
      state.last = normalizeRanges(ends.flat());
      state.word = '';
      return;
    }
    case 'repeat':
      walkRepeat(ir, copies, state);
      return;
    case 'except':
      walk(ir.item, copies, state);
  }
}

function walkRepeat(ir: IrRepeat, copies: number, state: Walk): void {
  const { last, word, counts } = state;
  const endless = ir.max === Number.POSITIVE_INFINITY;
  const rounds = endless ? Math.max(1, ir.min) : ir.max;
  const loops = endless || ir.max > ir.min + 1;
  if (ir.item.kind !== 'set' && rounds > 1) {
    state.looped ||= loops;
    walk(ir.item, copies, state);
    state.last = normalizeRanges([...last, ...state.last]);
    state.counts = counts;
  }
  if (!(endless && rounds === 1 && ir.item.kind === 'set')) walk(ir.item, copies * rounds, state);
  else state.last = ir.item.ranges;
  state.looped ||= loops;
  state.word = ir.min === 0 && ir.max === 1 ? word : '';
  if (ir.nullable) state.last = normalizeRanges([...last, ...state.last]);
}

const longer = (word: string, letter: string): string =>
  word.slice(word.lastIndexOf(letter) + 1) + letter;

/** More than one letter, in whatever case. */
function isWide(ranges: CodeRanges): boolean {
  const [first, second] = ranges;
  if (!first || first[0] !== first[1]) return true;
  return (
    second !== undefined &&
    (ranges.length > 2 || second[0] !== second[1] || (first[0] ^ second[0]) !== 0x20)
  );
}
