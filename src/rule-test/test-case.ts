import type { Event } from '../match/event.ts';
import type { SourceFile, Span } from '../source/span.ts';

/**
 * What a case expects of its events. For a detection, matches are counted; for a correlation, how
 * often it fires.
 */
export type Expectation =
  /** Every event matches; a correlation fires at least once. */
  | { readonly kind: 'every' }
  | { readonly kind: 'atLeast'; readonly count: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'count'; readonly count: number };

/** Whether the case expects the rule to find something. */
export const isPositive = (expected: Expectation): boolean =>
  expected.kind === 'count' || expected.kind === 'atLeast'
    ? expected.count > 0
    : expected.kind === 'every';

/** Number of cases that expect the rule to find something, and of the others. */
export interface CaseCounts {
  readonly positive: number;
  readonly negative: number;
}

export function countCases(cases: readonly Expectation[]): CaseCounts {
  const positive = cases.filter(isPositive).length;
  return { positive, negative: cases.length - positive };
}

/** The id, name or path by which a case names its rule. */
export interface RuleName extends Span {
  readonly text: string;
}

/** An event and when it happens, in milliseconds; undefined if the case does not say. */
export interface TimedEvent {
  readonly event: Event;
  readonly time: number | undefined;
}

export type CaseEvents =
  | { readonly kind: 'inline'; readonly events: readonly TimedEvent[] }
  /** Relative to the test file; of SigmaHQ's `info.yml` also relative to the folders above it. */
  | { readonly kind: 'file'; readonly path: string; readonly span: Span };

export interface TestCase {
  readonly file: SourceFile;
  readonly name: string;
  /** Of its name, or of its path if it has none. */
  readonly span: Span;
  /** Undefined: the rule that the test file is named after. */
  readonly rule: RuleName | undefined;
  readonly expected: Expectation;
  readonly source: CaseEvents;
}
