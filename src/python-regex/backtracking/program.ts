import { PatternError } from '../pattern-error.ts';
import type { PatternNode } from './pattern.ts';

/** One step of the machine. `back`: the text is read towards its start, as look-behind does. */
export type Step =
  | { readonly kind: 'char'; readonly fits: (char: string) => boolean; readonly back: boolean }
  | {
      readonly kind: 'reference';
      readonly group: number;
      readonly ignoreCase: boolean;
      readonly back: boolean;
    }
  | { readonly kind: 'save'; readonly slot: number }
  /** Fails where nothing was read since `slot` was saved: a loop would never end. */
  | { readonly kind: 'progress'; readonly slot: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'split'; first: number; second: number }
  /** Its own steps follow, up to a `done`. */
  | { readonly kind: 'look'; readonly negated: boolean; end: number }
  | { readonly kind: 'done' };

export interface Program {
  readonly steps: readonly Step[];
  /** Two for the match, two for each group, then one for each loop. */
  readonly slots: number;
}

/** Repetitions with a count are written out. */
const mostSteps = 50_000;

interface Writer {
  readonly steps: Step[];
  slots: number;
}

/** Throws {@link PatternError} where the program grows too long. */
export function programOf(root: PatternNode, groups: number): Program {
  const writer: Writer = { steps: [], slots: 2 * (groups + 1) };
  push(writer, { kind: 'save', slot: 0 });
  write(writer, root, false);
  push(writer, { kind: 'save', slot: 1 });
  push(writer, { kind: 'done' });
  return writer;
}

/** What steps of any kind have: objects of one shape are read in half the time. */
const anyStep = {
  kind: 'done',
  fits: () => false,
  back: false,
  group: 0,
  ignoreCase: false,
  slot: 0,
  to: 0,
  first: 0,
  second: 0,
  negated: false,
  end: 0,
} as const;

function push<S extends Step>({ steps }: Writer, step: S): S {
  if (steps.length >= mostSteps)
    throw new PatternError(`the pattern takes more than ${mostSteps} steps written out`);
  const made = { ...anyStep, ...step };
  steps.push(made);
  return made;
}

function write(writer: Writer, node: PatternNode, back: boolean): void {
  switch (node.kind) {
    case 'char':
      push(writer, { kind: 'char', fits: node.fits, back });
      break;
    case 'reference':
      push(writer, { kind: 'reference', group: node.group, ignoreCase: node.ignoreCase, back });
      break;
    case 'sequence':
      for (const part of back ? node.parts.toReversed() : node.parts) write(writer, part, back);
      break;
    case 'choice':
      writeChoice(writer, node.parts, back);
      break;
    case 'capture':
      push(writer, { kind: 'save', slot: 2 * node.group + (back ? 1 : 0) });
      write(writer, node.body, back);
      push(writer, { kind: 'save', slot: 2 * node.group + (back ? 0 : 1) });
      break;
    case 'look': {
      const look = push(writer, { kind: 'look', negated: node.negated, end: 0 });
      write(writer, node.body, node.behind);
      push(writer, { kind: 'done' });
      look.end = writer.steps.length;
      break;
    }
    case 'repeat':
      writeRepeat(writer, node, back);
      break;
  }
}

function writeChoice(writer: Writer, parts: readonly PatternNode[], back: boolean): void {
  const { steps } = writer;
  const ends = parts.map((part, index) => {
    const split =
      index < parts.length - 1
        ? push(writer, { kind: 'split', first: steps.length + 1, second: 0 })
        : undefined;
    write(writer, part, back);
    const end = push(writer, { kind: 'jump', to: 0 });
    if (split) split.second = steps.length;
    return end;
  });
  for (const end of ends) end.to = steps.length;
}

/**
 * A choice between the steps that follow `enter` and those that follow `leave`; a lazy one leaves
 * first.
 */
function writeSplit(
  writer: Writer,
  lazy: boolean,
): { readonly enter: () => void; readonly leave: () => void } {
  const split = push(writer, { kind: 'split', first: 0, second: 0 });
  const set = (entered: boolean): void => {
    if (entered === lazy) split.second = writer.steps.length;
    else split.first = writer.steps.length;
  };
  return { enter: () => set(true), leave: () => set(false) };
}

function writeRepeat(
  writer: Writer,
  { least, most, lazy, body }: PatternNode & { readonly kind: 'repeat' },
  back: boolean,
): void {
  for (let count = 0; count < least; count++) write(writer, body, back);
  if (most === Number.POSITIVE_INFINITY) {
    const slot = writer.slots++;
    const start = writer.steps.length;
    const split = writeSplit(writer, lazy);
    split.enter();
    push(writer, { kind: 'save', slot });
    write(writer, body, back);
    push(writer, { kind: 'progress', slot });
    push(writer, { kind: 'jump', to: start });
    split.leave();
    return;
  }
  const splits = Array.from({ length: Math.min(most - least, mostSteps) }, () => {
    const split = writeSplit(writer, lazy);
    split.enter();
    write(writer, body, back);
    return split;
  });
  for (const { leave } of splits) leave();
}
