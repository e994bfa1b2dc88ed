import { ProcessingError } from './processing-error.ts';

/**
 * Entries, tests and names that pipelines may make of one rule. The largest known rules have some
 * 10,000 values.
 */
const mostWork = 500_000;
const charactersPerEntry = 128;

/** Characters of a query or a value that a pipeline may make. */
const longestText = 1024 * 1024;
/** Characters that finalizers may make of all queries. */
const longestOutput = 32 * 1024 * 1024;

const growthHint =
  'Look for items that make several of one, or longer texts of each, one after the other.';

/** Counts what pipelines make of a rule, and throws at a limit. */
export interface Work {
  /** Characters that a text may have. */
  readonly longest: number;
  readonly entries: (count: number) => void;
  readonly characters: (count: number) => void;
}

/** For one rule. */
export const workOfRule = (): Work => createWork(longestText, mostWork, 'the rule');

/** For the values that a pipeline reads from one file. */
export const workOfFile = (): Work => createWork(longestText, mostWork, 'the file');

/** For the finalizers of one output. */
export const workOfOutput = (): Work =>
  createWork(longestOutput, (16 * longestOutput) / charactersPerEntry, 'the output');

function createWork(longest: number, most: number, what: string): Work {
  let left = most;
  const entries = (count: number): void => {
    left -= count;
    if (left < 0)
      throw new ProcessingError(
        `the pipelines make more than ${most} entries of ${what}, a text counted by its length`,
        undefined,
        growthHint,
      );
  };
  return { longest, entries, characters: (count) => entries(count / charactersPerEntry) };
}

/** A text that grows piece by piece, up to the limit of the work. */
export interface GrowingText {
  readonly add: (piece: string) => void;
  readonly text: () => string;
}

export function growingText(work: Work): GrowingText {
  let whole = '';
  return {
    add: (piece) => {
      refuseLonger(work, whole.length + piece.length);
      work.characters(piece.length);
      whole += piece;
    },
    text: () => whole,
  };
}

/** Throws if a text of that length is too long; called before it is made. */
export function refuseLonger({ longest }: Work, length: number): void {
  if (length > longest)
    throw new ProcessingError(`the text grows beyond ${longest} characters`, undefined, growthHint);
}
