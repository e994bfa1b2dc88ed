import { type CodeRanges, MAX_CODE_POINT } from '../../query/regex-set.ts';
import { type Ir, type IrExcept, type IrRepeat, IrTooLarge } from './regex-ir.ts';

/** A nondeterministic automaton, states by number; only what is needed to count what Lucene would make of it. */
export interface Machine {
  /** Of a state that reads, the character classes it takes; undefined for one that only branches. */
  readonly reads: (readonly number[] | undefined)[];
  /** Where a state leads: one state from one that reads, any number from one that branches. */
  readonly next: (readonly number[])[];
  readonly closures: (readonly number[] | undefined)[];
  /** What {@link reachedBy} has found, by the states that read. */
  readonly reached: Map<string, readonly number[]>;
  /** Of each set of the expression, the classes of characters that nothing in it tells apart. */
  readonly classes: ReadonlyMap<CodeRanges, readonly number[]>;
  readonly classCount: number;
}

export const FINAL = 0;

const countOf = (classes: Machine['classes']): number => 1 + Math.max(-1, ...[...classes.values()].map((taken) => taken.at(-1) ?? -1));

/** States have a place in a UTF-16 unit. */
const MAX_STATES = 60_000;

export const machineOf = (classes: Machine['classes']): Machine => ({
  reads: [[]],
  next: [[]],
  closures: [],
  reached: new Map(),
  classes,
  classCount: countOf(classes),
});

function addState(machine: Machine, reads: readonly number[] | undefined, next: readonly number[]): number {
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
  } else for (let copy = min; copy < max; copy++) state = addState(machine, undefined, [addIr(item, state, machine), next]);
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
  const byReaders = new Map<number | string, number[]>();
  for (const [char, readers] of readersOf(states, machine).entries()) {
    const classes = byReaders.get(readers);
    if (classes) classes.push(char);
    else byReaders.set(readers, [char]);
  }
  return Array.from(byReaders, ([readers, classes]) => ({ classes, states: reachedBy(readerText(readers, states), machine) })).filter(isStep);
}

const isStep = (step: Step): boolean => step.states.length > 0;

/** As sets, the states that one character can lead to; the same array for the same readers. */
export function successors(states: readonly number[], machine: Machine): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  for (const readers of new Set(readersOf(states, machine))) if (readers) found.push(reachedBy(readerText(readers, states), machine));
  return found;
}

/** Of each class, the states that read it: bits where they are few enough, else a text, a unit for each state. */
function readersOf(states: readonly number[], machine: Machine): readonly (number | string)[] {
  const few = states.length <= 31;
  const readers = new Array<number | string>(machine.classCount).fill(few ? 0 : '');
  for (let index = 0; index < states.length; index++) {
    const state = states[index] ?? FINAL;
    const sign = String.fromCharCode(state);
    for (const char of machine.reads[state] ?? []) {
      const known = readers[char];
      readers[char] = typeof known === 'number' ? known | (1 << index) : known + sign;
    }
  }
  return readers;
}

function readerText(readers: number | string, states: readonly number[]): string {
  if (typeof readers === 'string') return readers;
  let text = '';
  for (let index = 0; index < states.length; index++) if (readers & (1 << index)) text += String.fromCharCode(states[index] ?? FINAL);
  return text;
}

function reachedBy(readers: string, machine: Machine): readonly number[] {
  const known = machine.reached.get(readers);
  if (known) return known;
  const reached = new Set<number>();
  for (let at = 0; at < readers.length; at++) {
    for (const to of closure(machine.next[readers.charCodeAt(at)]?.[0] ?? FINAL, machine)) reached.add(to);
  }
  const states = [...reached].sort((a, b) => a - b);
  machine.reached.set(readers, states);
  return states;
}

/** The reading states (and the final one) that a state leads to without a character. */
export function closure(state: number, machine: Machine): readonly number[] {
  const known = machine.closures[state];
  if (known) return known;
  const seen = new Set([state]);
  for (const at of seen) if (!machine.reads[at]) for (const to of machine.next[at] ?? []) seen.add(to);
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
 * A counted set, given up as soon as `except` matches (it ends in `.*`, so what it matches once, it matches for good):
 * a state for each count and each set of states that `except` can be in by then.
 */
function addExcept({ item, except }: IrExcept, next: number, machine: Machine): number {
  if (item.kind !== 'repeat' || item.item.kind !== 'set') return addIr(item, next, machine);
  const inner = machineOf(machine.classes);
  const start = closure(addIr(except, FINAL, inner), inner).join();
  const taken = machine.classes.get(item.item.ranges) ?? [];
  const steps = new Map<string, readonly NamedStep[]>();
  const levels: ReadonlySet<string>[] = [new Set([start])];
  for (let count = 0; count < item.max; count++) {
    for (const name of levels[count] ?? []) if (!steps.has(name)) steps.set(name, namedSteps(name, taken, inner));
    levels.push(new Set([...(levels[count] ?? [])].flatMap((name) => (steps.get(name) ?? []).map((step) => step.to))));
  }
  let after = new Map<string, number>();
  for (let count = item.max; count >= 0; count--) {
    const states = new Map<string, number>();
    for (const name of levels[count] ?? []) {
      const ways = count < item.max ? (steps.get(name) ?? []).map((step) => addState(machine, step.classes, [after.get(step.to) ?? FINAL])) : [];
      if (count >= item.min) ways.push(next);
      states.set(name, addState(machine, undefined, ways));
    }
    after = states;
  }
  return after.get(start) ?? next;
}

/** The steps that do not end in a match; characters that lead nowhere lead to the empty set, which stays so. */
function namedSteps(name: string, taken: readonly number[], inner: Machine): readonly NamedStep[] {
  const left = new Set(taken);
  const steps: NamedStep[] = [];
  for (const { classes, states } of stepsFrom(name === '' ? [] : name.split(',').map(Number), inner)) {
    const here = classes.filter((char) => left.delete(char));
    if (here.length > 0 && states[0] !== FINAL) steps.push({ classes: here, to: states.join() });
  }
  if (left.size > 0) steps.push({ classes: [...left], to: '' });
  return steps;
}

export function classesOf(ir: Ir): Machine['classes'] {
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
  else if (ir.kind === 'except') for (const part of [ir.item, ir.except]) collectSets(part, into);
  else for (const item of ir.items) collectSets(item, into);
}
