/** What is wrong with an input of events, and where: `file:line: message`. */
export class EventError extends Error {
  override name = 'EventError';
  readonly file: string;
  /** From 1; where the event begins. */
  readonly line: number;

  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.file = file;
    this.line = line;
  }
}

/** Makes the error of one input; the caller throws it. */
export type Fail = (line: number, message: string) => EventError;

/** The most that one event may be. */
export const limits = {
  /** Characters: 1 MiB of ASCII. */
  length: 1_048_576,
  /** Objects and lists, or elements, inside each other. */
  depth: 100,
} as const;

export const tooLong = `the event is longer than ${limits.length} characters`;
export const tooDeep = `the event is nested deeper than ${limits.depth}`;
