import { type CodeRanges, MAX_CODE_POINT } from '../../../regex/set.ts';
import { type Ir, type IrExcept, type IrRepeat, IrTooLarge } from './ir.ts';

/**
 * A nondeterministic automaton, states by number; only what is needed to count what Lucene would
 * make of it.
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
  /** Of each set of the expression, the classes of characters that nothing in it tells apart. */
  readonly classes: ReadonlyMap<CodeRanges, readonly number[]>;
}

export const FINAL = 0;

const countOf = (classes: Machine['classes']): number =>
  1 + Math.max(-1, ...[...classes.values()].map((taken) => taken.at(-1) ?? -1));

/** States have a place in a UTF-16 unit. */
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
    told: [],
    count: 0,
  },
  classes,
});

function addState(
  machine: Machine,
  reads: readonly number[] | undefined,
  next: readonly number[],
): number {
  if (machine.next.length >= MAX_STATES) throw new IrTooLarge();
  machine.next.push(next);
  return machine.reads.push(reads) - 1;
}

/** Adds the states of the expression; the state that it starts in. */
export function addIr(ir: Ir, next: number, machine: Machine): number {
  switch (ir.kind) {
    case 'set':
      return addState(machine, machine.classes.get(ir.ranges) ?? [], [next]);
    case 'sequence':
      return ir.items.reduceRight((after, item) => addIr(item, after, machine), next);
    case 'choice': {
      const ways = ir.items.map((item) => addIr(item, next, machine));
      return addState(machine, undefined, ways);
    }
    case 'repeat':
      return addRepeat(ir, next, machine);
    case 'except':
      return addExcept(ir, next, machine);
  }
}

function addRepeat({ item, min, max }: IrRepeat, next: number, machine: Machine): number {
  let state = next;
  if (max === Number.POSITIVE_INFINITY) {
    const ways = [next];
    state = addState(machine, undefined, ways);
    ways.push(addIr(item, state, machine));
  } else
    for (let copy = min; copy < max; copy++)
      state = addState(machine, undefined, [addIr(item, state, machine), next]);
  for (let copy = 0; copy < min; copy++) state = addIr(item, state, machine);
  return state;
}

/** A way on, for the characters of some classes. */
interface Step {
  readonly classes: readonly number[];
  readonly states: readonly number[];
}

/** The states reached from the given ones; one step for classes that the same states read. */
function stepsFrom(states: readonly number[], machine: Machine): readonly Step[] {
  groupByReaders(states, machine);
  const byGroup = new Map<number, number[]>();
  for (const [char, group] of machine.readers.groupOf.entries()) {
    const classes = byGroup.get(group);
    if (classes) classes.push(char);
    else byGroup.set(group, [char]);
  }
  return Array.from(byGroup, ([group, classes]) => ({
    classes,
    states: reachedBy(group, machine),
  })).filter(isStep);
}

const isStep = (step: Step): boolean => step.states.length > 0;

/**
 * As sets, the states that one character can lead to, each once for the classes that the same
 * states read.
 */
export function successors(
  states: readonly number[],
  machine: Machine,
): readonly (readonly number[])[] {
  groupByReaders(states, machine);
  const { groupOf, told } = machine.readers;
  const found: (readonly number[])[] = [];
  for (let char = 0; char < groupOf.length; char++) {
    const group = groupOf[char] ?? NO_READERS;
    if (group === NO_READERS || told[group]) continue;
    told[group] = true;
    found.push(reachedBy(group, machine));
  }
  return found;
}

/**
 * Of each class, the states that read it; numbers of groups, reused by every call of {@link
 * groupByReaders}.
 */
interface Readers {
  readonly groupOf: number[];
  /** The group that has one state less, and that state. */
  readonly before: number[];
  readonly state: number[];
  /** The last state that parted classes from the group, and the group they went to. */
  readonly partedBy: number[];
  readonly parted: number[];
  readonly told: boolean[];
  count: number;
}

const NO_READERS = 0;

/** Starts with all classes in one group and parts them by one state after the other. */
function groupByReaders(states: readonly number[], { reads, readers }: Machine): void {
  readers.groupOf.fill(NO_READERS);
  readers.count = 0;
  addGroup(readers, NO_READERS, FINAL);
  for (let index = 0; index < states.length; index++) {
    const state = states[index] ?? FINAL;
    const classes = reads[state] ?? [];
    for (let at = 0; at < classes.length; at++) {
      const char = classes[at] ?? 0;
      const group = readers.groupOf[char] ?? NO_READERS;
      if (readers.partedBy[group] !== state) {
        readers.partedBy[group] = state;
        readers.parted[group] = addGroup(readers, group, state);
      }
      readers.groupOf[char] = readers.parted[group] ?? NO_READERS;
    }
  }
}

function addGroup(readers: Readers, before: number, state: number): number {
  const group = readers.count++;
  readers.before[group] = before;
  readers.state[group] = state;
  readers.partedBy[group] = -1;
  readers.parted[group] = NO_READERS;
  readers.told[group] = false;
  return group;
}

function reachedBy(group: number, machine: Machine): readonly number[] {
  const { reachedAt, next } = machine;
  const { before, state } = machine.readers;
  const round = ++machine.round;
  const reached: number[] = [];
  for (let at = group; at !== NO_READERS; at = before[at] ?? NO_READERS) {
    const states = closure(next[state[at] ?? FINAL]?.[0] ?? FINAL, machine);
    for (let index = states.length - 1; index >= 0; index--) {
      const to = states[index] ?? FINAL;
      if (reachedAt[to] === round) continue;
      reachedAt[to] = round;
      reached.push(to);
    }
  }
  // states come last to first
  return sorted(reached.reverse());
}

const FEW = 32;

/**
 * In place. Short lists, most of them almost in order, are sorted much faster than by a function
 * that compares.
 */
function sorted(states: number[]): readonly number[] {
  if (states.length > FEW) return states.sort((a, b) => a - b);
  for (let index = 1; index < states.length; index++) {
    const state = states[index] ?? FINAL;
    let at = index;
    for (; at > 0 && (states[at - 1] ?? FINAL) > state; at--) states[at] = states[at - 1] ?? FINAL;
    states[at] = state;
  }
  return states;
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

/** Where a character of some classes leads in a second automaton, whose state sets go by name. */
interface NamedStep {
  readonly classes: readonly number[];
  readonly to: string;
}

/**
 * A counted set, given up as soon as `except` matches (it ends in `.*`, so what it matches once, it
 * matches for good): a state for each count and each set of states that `except` can be in by then.
 */
function addExcept({ item, except }: IrExcept, next: number, machine: Machine): number {
  if (item.kind !== 'repeat' || item.item.kind !== 'set') return addIr(item, next, machine);
  const inner = machineOf(machine.classes);
  const start = closure(addIr(except, FINAL, inner), inner).join();
  const taken = machine.classes.get(item.item.ranges) ?? [];
  const { levels, steps } = levelsFrom(start, item.max, (name) => namedSteps(name, taken, inner));
  let after = new Map<string, number>();
  for (let count = item.max; count >= 0; count--) {
    const states = new Map<string, number>();
    for (const name of levels[count] ?? []) {
      const ways =
        count < item.max
          ? (steps.get(name) ?? []).map((step) =>
              addState(machine, step.classes, [after.get(step.to) ?? FINAL]),
            )
          : [];
      if (count >= item.min) ways.push(next);
      states.set(name, addState(machine, undefined, ways));
    }
    after = states;
  }
  return after.get(start) ?? next;
}

interface Levels {
  /** By count, the state sets that can be reached with it. */
  readonly levels: readonly ReadonlySet<string>[];
  readonly steps: ReadonlyMap<string, readonly NamedStep[]>;
}

function levelsFrom(
  start: string,
  max: number,
  stepsOf: (name: string) => readonly NamedStep[],
): Levels {
  const steps = new Map<string, readonly NamedStep[]>();
  const levels: ReadonlySet<string>[] = [new Set([start])];
  for (let count = 0; count < max; count++) {
    for (const name of levels[count] ?? []) if (!steps.has(name)) steps.set(name, stepsOf(name));
    levels.push(
      new Set(
        [...(levels[count] ?? [])].flatMap((name) =>
          (steps.get(name) ?? []).map((step) => step.to),
        ),
      ),
    );
  }
  return { levels, steps };
}

/**
 * The steps that do not end in a match; characters that lead nowhere lead to the empty set, which
 * stays so.
 */
function namedSteps(name: string, taken: readonly number[], inner: Machine): readonly NamedStep[] {
  const left = new Set(taken);
  const steps: NamedStep[] = [];
  for (const { classes, states } of stepsFrom(
    name === '' ? [] : name.split(',').map(Number),
    inner,
  )) {
    const here = classes.filter((char) => left.delete(char));
    if (here.length > 0 && states[0] !== FINAL) steps.push({ classes: here, to: states.join() });
  }
  if (left.size > 0) steps.push({ classes: [...left], to: '' });
  return steps;
}

/** Ranges that the same sets hold are one class: most sets hold all but a few characters. */
export function classesOf(ir: Ir): Machine['classes'] {
  const sets = new Set<CodeRanges>();
  collectSets(ir, sets);
  const starts = new Set<number>();
  for (const ranges of sets) for (const [low, high] of ranges) starts.add(low).add(high + 1);
  const bounds = [...starts].sort((a, b) => a - b).filter((bound) => bound <= MAX_CODE_POINT);
  const numbers = new Map(bounds.map((bound, index) => [bound, index]));
  const classOf = bounds.map(() => 0);
  let count = 1;
  const membersOf = (ranges: CodeRanges): readonly number[] => {
    const members: number[] = [];
    for (const [low, high] of ranges)
      for (let at = numbers.get(low) ?? 0; at < bounds.length && (bounds[at] ?? 0) <= high; at++)
        members.push(at);
    return members;
  };
  for (const ranges of sets) {
    const parted = new Map<number, number>();
    for (const at of membersOf(ranges)) {
      const before = classOf[at] ?? 0;
      const after = parted.get(before) ?? count++;
      parted.set(before, after);
      classOf[at] = after;
    }
  }
  // numbered anew: most of those on the way are empty
  const names = new Map([...new Set(classOf)].map((name, index) => [name, index]));
  return new Map(
    [...sets].map((ranges) => [
      ranges,
      [...new Set(membersOf(ranges).map((at) => names.get(classOf[at] ?? 0) ?? 0))].sort(
        (a, b) => a - b,
      ),
    ]),
  );
}

function collectSets(ir: Ir, into: Set<CodeRanges>): void {
  if (ir.kind === 'set') into.add(ir.ranges);
  else if (ir.kind === 'repeat') collectSets(ir.item, into);
  else if (ir.kind === 'except') for (const part of [ir.item, ir.except]) collectSets(part, into);
  else for (const item of ir.items) collectSets(item, into);
}
