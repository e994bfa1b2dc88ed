import type { PatternNode } from './backtracking-pattern.ts';

/** One step of the machine. `back`: the text is read towards its start, as look-behind does. */
export type Step =
  | { readonly kind: 'char'; readonly fits: (char: string) => boolean; readonly back: boolean }
  | { readonly kind: 'reference'; readonly group: number; readonly ignoreCase: boolean; readonly back: boolean }
  | { readonly kind: 'save'; readonly slot: number }
  /** Fails where nothing was read since `slot` was saved: a loop would never end. */
  | { readonly kind: 'progress'; readonly slot: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'split'; first: number; second: number }
  /** Its own steps stand behind it, up to a `done`. */
  | { readonly kind: 'look'; readonly negated: boolean; end: number }
  | { readonly kind: 'done' };

export interface Program {
  readonly steps: readonly Step[];
  /** Two for the match and for each group, then one for each loop. */
  readonly slots: number;
}

/** Counts are written out. */
const mostSteps = 50_000;

export function programOf(root: PatternNode, groups: number): Program {
  const steps: Step[] = [];
  let slots = 2 * (groups + 1);
  const push = <S extends Step>(step: S): S => {
    if (steps.length >= mostSteps) throw new Error(`the pattern takes more than ${mostSteps} steps written out`);
    steps.push(step);
    return step;
  };
  const write = (node: PatternNode, back: boolean): void => {
    switch (node.kind) {
      case 'char':
        push({ kind: 'char', fits: node.fits, back });
        break;
      case 'reference':
        push({ kind: 'reference', group: node.group, ignoreCase: node.ignoreCase, back });
        break;
      case 'sequence':
        for (const part of back ? node.parts.toReversed() : node.parts) write(part, back);
        break;
      case 'choice':
        writeChoice(node.parts, back);
        break;
      case 'capture':
        push({ kind: 'save', slot: 2 * node.group + (back ? 1 : 0) });
        write(node.body, back);
        push({ kind: 'save', slot: 2 * node.group + (back ? 0 : 1) });
        break;
      case 'look': {
        const look = push({ kind: 'look', negated: node.negated, end: 0 });
        write(node.body, node.behind);
        push({ kind: 'done' });
        look.end = steps.length;
        break;
      }
      case 'repeat':
        writeRepeat(node, back);
        break;
    }
  };
  const writeChoice = (parts: readonly PatternNode[], back: boolean): void => {
    const ends = parts.map((part, index) => {
      const split = index < parts.length - 1 ? push({ kind: 'split', first: steps.length + 1, second: 0 }) : undefined;
      write(part, back);
      const end = push({ kind: 'jump', to: 0 });
      if (split) split.second = steps.length;
      return end;
    });
    for (const end of ends) end.to = steps.length;
  };
  const writeSplit = (lazy: boolean): { readonly enter: () => void; readonly leave: () => void } => {
    const split = push({ kind: 'split', first: 0, second: 0 });
    const set = (entered: boolean): void => {
      if (entered === lazy) split.second = steps.length;
      else split.first = steps.length;
    };
    return { enter: () => set(true), leave: () => set(false) };
  };
  const writeRepeat = ({ least, most, lazy, body }: PatternNode & { readonly kind: 'repeat' }, back: boolean): void => {
    for (let count = 0; count < least; count++) write(body, back);
    if (most === Number.POSITIVE_INFINITY) {
      const slot = slots++;
      const start = steps.length;
      const split = writeSplit(lazy);
      split.enter();
      push({ kind: 'save', slot });
      write(body, back);
      push({ kind: 'progress', slot });
      push({ kind: 'jump', to: start });
      split.leave();
      return;
    }
    const splits = Array.from({ length: Math.min(most - least, mostSteps) }, () => {
      const split = writeSplit(lazy);
      split.enter();
      write(body, back);
      return split;
    });
    for (const { leave } of splits) leave();
  };
  push({ kind: 'save', slot: 0 });
  write(root, false);
  push({ kind: 'save', slot: 1 });
  push({ kind: 'done' });
  return { steps, slots };
}
