import { charClasses } from './char-classes.ts';
import type { Ir, IrExcept, IrRepeat } from './ir.ts';
import { addState, closure, FINAL, type Machine, machineOf } from './machine.ts';
import { stepsFrom } from './successors.ts';

/** The automaton of an expression, and the states that it starts in. */
export function automatonOf(ir: Ir): {
  readonly machine: Machine;
  readonly start: readonly number[];
} {
  const machine = machineOf(charClasses(ir));
  return { machine, start: closure(addIr(ir, FINAL, machine), machine) };
}

/** Adds the states of the expression; the state that it starts in. */
function addIr(ir: Ir, next: number, machine: Machine): number {
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

/** Where some classes of characters lead in a second automaton, whose sets of states have names. */
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
