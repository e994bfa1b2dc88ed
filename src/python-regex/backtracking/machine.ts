import { ProcessingError } from '../../work/processing-error.ts';
import type { Work } from '../../work/work.ts';
import { readPattern } from './pattern.ts';
import { type Program, programOf, type Step } from './program.ts';

/** Steps for one text: look-around and back-references can take exponentially many. */
const freeSteps = 200_000;
const stepsPerCharacter = 64;

/** Where the match and its groups start and end, in characters of the text; -1: took no part. */
export type Slots = readonly number[];

/** The machine for a text, given as its characters. Its steps are counted by `work`. */
export type Machines = (chars: readonly string[], work?: Work) => BacktrackingMachine;

/**
 * Finds what a pattern with look-around or back-references matches, in a bounded number of steps.
 */
export interface BacktrackingMachine {
  /** The first match at `from` or, unless `only` there, after it. */
  readonly find: (from: number, only: boolean) => Slots | undefined;
}

/** Takes a pattern as `translate` writes it for RegExp. Throws {@link PatternError}. */
export function backtracking(pattern: string, ignoreCase: boolean): Machines {
  const { root, groups } = readPattern(pattern, ignoreCase);
  const program = programOf(root, groups);
  return (chars, work) => {
    const run = new Run(program, chars);
    return {
      find: (from, only) => {
        for (let at = from; at <= chars.length; at++) {
          const before = run.left;
          const found = run.matchAt(at);
          // a rule may have many texts: their steps count together, one as reading a character does
          work?.characters(before - run.left);
          if (found || only) return found?.slice(0, 2 * (groups + 1));
        }
        return undefined;
      },
    };
  };
}

/** Where to go on when a step fails, and how much was saved at that point. */
interface Choice {
  readonly step: number;
  readonly at: number;
  readonly saved: number;
}

class Run {
  private readonly steps: readonly Step[];
  private readonly chars: readonly string[];
  private readonly slots: number[];
  /** What slots held before, to be restored: slot and value in turn. */
  private readonly saved: number[] = [];
  /** Steps that it may still take. */
  left: number;

  constructor({ steps, slots }: Program, chars: readonly string[]) {
    this.steps = steps;
    this.chars = chars;
    this.slots = new Array<number>(slots).fill(-1);
    this.left = freeSteps + stepsPerCharacter * chars.length;
  }

  matchAt(at: number): Slots | undefined {
    this.restore(0);
    return this.run(0, at) ? this.slots : undefined;
  }

  /** What was saved is kept when it succeeds. */
  private run(first: number, from: number): boolean {
    const choices: Choice[] = [];
    let [at, place] = [first, from];
    for (;;) {
      if (--this.left < 0)
        throw new ProcessingError(
          'a regular expression takes too many steps',
          undefined,
          'Write it so that no part of a text can be matched in many ways.',
        );
      const step = this.steps[at++];
      if (!step || step.kind === 'done') return true;
      let next: number | undefined = place;
      if (step.kind === 'jump') at = step.to;
      else if (step.kind === 'split') {
        choices.push({ step: step.second, at: place, saved: this.saved.length });
        at = step.first;
      } else if (step.kind === 'look') {
        if (this.looks(at, place, step.negated)) at = step.end;
        else next = undefined;
      } else next = this.take(step, place);
      if (next !== undefined) {
        place = next;
        continue;
      }
      const choice = choices.pop();
      if (!choice) return false;
      this.restore(choice.saved);
      at = choice.step;
      place = choice.at;
    }
  }

  private looks(first: number, place: number, negated: boolean): boolean {
    const before = this.saved.length;
    const found = this.run(first, place);
    if (!found || negated) this.restore(before);
    return found !== negated;
  }

  /** The place after what a step reads; undefined where it fails. */
  private take(
    step: Exclude<Step, { readonly kind: 'jump' | 'split' | 'look' | 'done' }>,
    place: number,
  ): number | undefined {
    switch (step.kind) {
      case 'char': {
        const char = this.chars[step.back ? place - 1 : place];
        return char !== undefined && step.fits(char) ? place + (step.back ? -1 : 1) : undefined;
      }
      case 'save':
        this.saved.push(step.slot, this.slots[step.slot] ?? -1);
        this.slots[step.slot] = place;
        return place;
      case 'progress':
        return this.slots[step.slot] === place ? undefined : place;
      case 'reference':
        return this.refer(step, place);
    }
  }

  private refer(
    { group, ignoreCase, back }: Step & { readonly kind: 'reference' },
    place: number,
  ): number | undefined {
    const [start = -1, end = -1] = this.slots.slice(2 * group, 2 * group + 2);
    // a group that took no part is an empty text, as in RegExp
    const length = start < 0 || end < start ? 0 : end - start;
    const first = back ? place - length : place;
    this.left -= length;
    if (first < 0 || first + length > this.chars.length) return undefined;
    for (let at = 0; at < length; at++)
      if (!isSame(this.chars[start + at] ?? '', this.chars[first + at] ?? '', ignoreCase))
        return undefined;
    return back ? first : first + length;
  }

  private restore(to: number): void {
    while (this.saved.length > to) {
      const value = this.saved.pop() ?? -1;
      const slot = this.saved.pop() ?? 0;
      this.slots[slot] = value;
    }
  }
}

const isSame = (a: string, b: string, ignoreCase: boolean): boolean =>
  a === b ||
  (ignoreCase && (a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase()));
