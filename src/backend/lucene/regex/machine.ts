import type { CodeRanges } from '../../../regex/set.ts';
import { tooLarge } from './ir.ts';

/**
 * A nondeterministic automaton, states by number: only as much as it takes to count what Lucene
 * would make of it.
 */
export interface Machine {
  /**
   * Of a state that reads, the character classes it takes; undefined for one that only branches.
   */
  readonly reads: (readonly number[] | undefined)[];
  /** Where a state leads: one state from one that reads, any number from one that branches. */
  readonly next: (readonly number[])[];
  readonly closures: (readonly number[] | undefined)[];
  /** Of a state, in which round it was reached last: a set that need not be emptied. */
  readonly reachedAt: number[];
  round: number;
  readonly readers: Readers;
  /**
   * Of each set of the expression, the classes of characters that it holds; no set distinguishes
   * the characters of a class.
   */
  readonly classes: ReadonlyMap<CodeRanges, readonly number[]>;
}

/**
 * Of each class, the states that read it; numbers of groups, reused for every set of states.
 */
export interface Readers {
  readonly groupOf: number[];
  /** The group that has one state less, and that state. */
  readonly before: number[];
  readonly state: number[];
  /** The last state that parted classes from the group, and the group they went to. */
  readonly partedBy: number[];
  readonly parted: number[];
  readonly listed: boolean[];
  count: number;
}

export const FINAL = 0;
export const NO_READERS = 0;

const countOf = (classes: Machine['classes']): number =>
  1 + Math.max(-1, ...[...classes.values()].map((taken) => taken.at(-1) ?? -1));

/** State numbers fit into a UTF-16 unit. */
const MAX_STATES = 60_000;

export const machineOf = (classes: Machine['classes']): Machine => ({
  reads: [[]],
  next: [[]],
  closures: [],
  reachedAt: [],
  round: 0,
  readers: {
    groupOf: new Array<number>(countOf(classes)).fill(NO_READERS),
    before: [],
    state: [],
    partedBy: [],
    parted: [],
    listed: [],
    count: 0,
  },
  classes,
});

export function addState(
  machine: Machine,
  reads: readonly number[] | undefined,
  next: readonly number[],
): number {
  if (machine.next.length >= MAX_STATES) throw tooLarge();
  machine.next.push(next);
  return machine.reads.push(reads) - 1;
}

/** The reading states (and the final one) that a state leads to without a character. */
export function closure(state: number, machine: Machine): readonly number[] {
  const known = machine.closures[state];
  if (known) return known;
  const seen = new Set([state]);
  for (const at of seen)
    if (!machine.reads[at]) for (const to of machine.next[at] ?? []) seen.add(to);
  const found = [...seen].filter((at) => machine.reads[at]).sort((a, b) => a - b);
  machine.closures[state] = found;
  return found;
}
