/**
 * Thrown where an input of events can't be read. The message is `file:line: ` and the reason,
 * or `file: ` and the reason where the input as a whole is meant.
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
  /** Where the event starts, from 1; 0 where the input as a whole can't be read. */
  readonly line: number;

  constructor(file: string, line: number, message: string) {
    super(`${line === 0 ? file : `${file}:${line}`}: ${message}`);
    this.file = file;
    this.line = line;
  }
}

/** Creates an error in one input; the caller throws it. */
export type Fail = (line: number, message: string) => EventError;

/** Maximum size of an event. */
export const limits = {
  /** Characters: 1 MiB of ASCII. */
  length: 1_048_576,
  /** Nesting of objects and lists, or of elements. */
  depth: 100,
} as const;

export const tooLong = `the event is longer than ${limits.length} characters`;
export const tooDeep = `the event is nested deeper than ${limits.depth}`;
