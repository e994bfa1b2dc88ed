import type { Event } from '../match/event.ts';
import type { SourceFile, Span } from '../source/span.ts';

/**
 * What a test says about the events of a case. For a detection, matches are counted; for a
 * correlation, how often it fires.
 */
export type Expectation =
  /** Every event matches; a correlation fires at least once. */
  | { readonly kind: 'every' }
  | { readonly kind: 'atLeast'; readonly count: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'count'; readonly count: number };

/** True where the case wants the rule to find something. */
export const isPositive = (expected: Expectation): boolean =>
  expected.kind === 'count' || expected.kind === 'atLeast'
    ? expected.count > 0
    : expected.kind === 'every';

/** How a test names its rule: by id, name or path; undefined: by the name of the test file. */
export interface RuleName extends Span {
  readonly text: string;
}

/** An event and when it happens, in milliseconds; undefined where the test does not say. */
export interface TimedEvent {
  readonly event: Event;
  readonly time: number | undefined;
}

export type EventSource =
  | { readonly kind: 'inline'; readonly events: readonly TimedEvent[] }
  /** Relative to the test file; of SigmaHQ's `info.yml` also relative to the folders above it. */
  | { readonly kind: 'file'; readonly path: string; readonly span: Span };

export interface TestCase {
  readonly file: SourceFile;
  readonly name: string;
  /** Where the case stands. */
  readonly span: Span;
  readonly rule: RuleName | undefined;
  readonly expected: Expectation;
  readonly source: EventSource;
}
