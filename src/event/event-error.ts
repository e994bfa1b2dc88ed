/**
 * Thrown where an input of events can't be read. The message is `file:line: ` and the reason.
 *
 * @example
 * import { EventError, eventsIn } from 'sigpack';
 *
 * let thrown: unknown;
 * try {
 *   eventsIn('{ "a": 1', { file: 'events.json' });
 * } catch (error) {
 *   thrown = error;
 * }
 * thrown instanceof EventError && [thrown.file, thrown.line]; // => ['events.json', 1]
 */
export class EventError extends Error {
  override name = 'EventError';
  /** Name of the input. */
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
