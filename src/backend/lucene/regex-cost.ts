import { type CodeRanges, MAX_CODE_POINT } from '../../query/regex-set.ts';
import type { Ir } from './regex-ir.ts';

/**
 * What Lucene will spend on a regular expression. It makes a deterministic automaton of it and gives up above a limit, at every run of the query;
 * `.*a.{30}b` alone has more than 2^30 states.
 */

interface Machine {
  /** Of a state that reads: the character classes it takes; of one that branches: undefined. */
  readonly reads: (readonly number[] | undefined)[];
  /** Where a state leads. */
  readonly next: (readonly number[])[];
}

const FINAL = 0;

/** Sum of the sizes of the deterministic states, as Lucene counts its effort; counting ends above the limit. */
export function determinizeCost(ir: Ir, limit: number): number {
  const machine: Machine = { reads: [[]], next: [[]] };
  const start = addIr(ir, FINAL, machine, classesOf(ir));
  const closures: (readonly number[] | undefined)[] = [];
  const known = new Set<string>();
  const queue: (readonly number[])[] = [];
  let cost = 0;
  const visit = (states: readonly number[]): void => {
    const key = states.join();
    if (known.has(key)) return;
    known.add(key);
    queue.push(states);
    cost += states.length;
  };
  visit(sorted(closure(start, machine, closures)));
  for (let at = 0; at < queue.length && cost <= limit; at++) {
    for (const bucket of buckets(queue[at] ?? [], machine, closures)) visit(bucket);
  }
  return cost;
}

/** The states reached from the given ones: a set for each class of characters, but one for classes that the same states read. */
function buckets(states: readonly number[], machine: Machine, closures: (readonly number[] | undefined)[]): readonly (readonly number[])[] {
  const readers: (string | undefined)[] = [];
  for (const state of states) {
    const sign = String.fromCharCode(state);
    for (const char of machine.reads[state] ?? []) readers[char] = (readers[char] ?? '') + sign;
  }
  const found: (readonly number[])[] = [];
  for (const signs of new Set(readers)) {
    if (signs === undefined) continue;
    const bucket = new Set<number>();
    for (let at = 0; at < signs.length; at++) {
      for (const to of closure(machine.next[signs.charCodeAt(at)]?.[0] ?? FINAL, machine, closures)) bucket.add(to);
    }
    found.push(sorted([...bucket]));
  }
  return found;
}

const sorted = (states: readonly number[]): readonly number[] => [...states].sort((a, b) => a - b);

/** The reading states (and the final one) that a state leads to without a character. */
function closure(state: number, machine: Machine, closures: (readonly number[] | undefined)[]): readonly number[] {
  const known = closures[state];
  if (known) return known;
  const seen = new Set([state]);
  for (const at of seen) if (!machine.reads[at]) for (const to of machine.next[at] ?? []) seen.add(to);
  const found = [...seen].filter((at) => machine.reads[at]);
  closures[state] = found;
  return found;
}

function addState(machine: Machine, reads: readonly number[] | undefined, next: readonly number[]): number {
  machine.next.push(next);
  return machine.reads.push(reads) - 1;
}

/** Adds the states of the expression; the state that it starts in. */
function addIr(ir: Ir, next: number, machine: Machine, classes: ReadonlyMap<CodeRanges, readonly number[]>): number {
  switch (ir.kind) {
    case 'set':
      return addState(machine, classes.get(ir.ranges) ?? [], [next]);
    case 'sequence':
      return ir.items.reduceRight((after, item) => addIr(item, after, machine, classes), next);
    case 'choice':
      return addState(
        machine,
        undefined,
        ir.items.map((item) => addIr(item, next, machine, classes)),
      );
    case 'except':
      return addIr(ir.item, next, machine, classes);
    case 'repeat': {
      let state = next;
      if (ir.max === Number.POSITIVE_INFINITY) {
        const ways = [next];
        state = addState(machine, undefined, ways);
        ways.push(addIr(ir.item, state, machine, classes));
      } else for (let copy = ir.min; copy < ir.max; copy++) state = addState(machine, undefined, [addIr(ir.item, state, machine, classes), next]);
      for (let copy = 0; copy < ir.min; copy++) state = addIr(ir.item, state, machine, classes);
      return state;
    }
  }
}

/** Of each set of the expression, the classes of characters that nothing in it tells apart. */
function classesOf(ir: Ir): ReadonlyMap<CodeRanges, readonly number[]> {
  const sets = new Set<CodeRanges>();
  collectSets(ir, sets);
  const starts = new Set<number>();
  for (const ranges of sets) for (const [low, high] of ranges) starts.add(low).add(high + 1);
  const bounds = [...starts].sort((a, b) => a - b).filter((bound) => bound <= MAX_CODE_POINT);
  const numbers = new Map(bounds.map((bound, index) => [bound, index]));
  const classes = new Map<CodeRanges, readonly number[]>();
  for (const ranges of sets) {
    const taken: number[] = [];
    for (const [low, high] of ranges) for (let at = numbers.get(low) ?? 0; at < bounds.length && (bounds[at] ?? 0) <= high; at++) taken.push(at);
    classes.set(ranges, taken);
  }
  return classes;
}

function collectSets(ir: Ir, into: Set<CodeRanges>): void {
  if (ir.kind === 'set') into.add(ir.ranges);
  else if (ir.kind === 'repeat') collectSets(ir.item, into);
  else if (ir.kind === 'except') collectSets(ir.item, into);
  else for (const item of ir.items) collectSets(item, into);
}
