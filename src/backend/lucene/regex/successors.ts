import { closure, FINAL, type Machine, NO_READERS, type Readers } from './machine.ts';

/** A way on, for the characters of some classes. */
interface Step {
  readonly classes: readonly number[];
  readonly states: readonly number[];
}

/** The states reached from the given ones; one step for classes that the same states read. */
export function stepsFrom(states: readonly number[], machine: Machine): readonly Step[] {
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
  const { groupOf, listed } = machine.readers;
  const found: (readonly number[])[] = [];
  for (let char = 0; char < groupOf.length; char++) {
    const group = groupOf[char] ?? NO_READERS;
    if (group === NO_READERS || listed[group]) continue;
    listed[group] = true;
    found.push(reachedBy(group, machine));
  }
  return found;
}

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
  readers.listed[group] = false;
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
