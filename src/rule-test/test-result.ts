import type { Rule } from '../sigma/collection/collection.ts';
import { counted } from '../source/plural.ts';
import type { SourceFile } from '../source/span.ts';
import type { RuleCoverage } from './coverage.ts';
import type { Reason } from './explanation.ts';
import { type CaseCounts, countCases, type Expectation, type TestCase } from './test-case.ts';

/** Why an event of a failed case matches or not. `number`: of the event in the case, from 1. */
export interface EventReason {
  readonly number: number;
  readonly reason: Reason;
}

export interface CaseResult {
  readonly test: TestCase;
  /** Undefined if there is no such rule. */
  readonly rule: Rule | undefined;
  /** `error`: the case could not be run. */
  readonly outcome: 'passed' | 'failed' | 'error';
  readonly events: number;
  /** Number of events that match; of a correlation, how often it fires. */
  readonly matches: number;
  /** What is wrong, in a sentence; empty for a passed case. */
  readonly message: string;
  readonly reasons: readonly EventReason[];
}

/** A rule and what its tests show. */
export interface CoveredRule {
  readonly rule: Rule;
  readonly coverage: RuleCoverage;
}

/** One run of tests. */
export interface TestRun {
  /** In order of files. */
  readonly results: readonly CaseResult[];
  /** Of every rule that was loaded; undefined if it was not asked for. */
  readonly coverage: readonly CoveredRule[] | undefined;
  readonly milliseconds: number;
}

/** Results by test file, in order. */
export const byTestFile = (
  results: readonly CaseResult[],
): ReadonlyMap<SourceFile, readonly CaseResult[]> => Map.groupBy(results, ({ test }) => test.file);

export const countOutcome = (
  results: readonly CaseResult[],
  outcome: CaseResult['outcome'],
): number => results.filter((result) => result.outcome === outcome).length;

/** `every event to match`, `2 matches`. */
export function expectationText(expected: Expectation, kind: Rule['kind']): string {
  switch (expected.kind) {
    case 'every':
      return kind === 'correlation' ? 'the correlation to fire' : 'every event to match';
    case 'atLeast':
      return expected.count === 1 ? 'a match' : `at least ${expected.count} matches`;
    case 'none':
      return 'no match';
    case 'count':
      return counted(expected.count, 'match', 'matches');
  }
}

/** What an untested rule lacks; undefined if it lacks nothing. */
export function missingTests({ positive, negative }: CaseCounts): string | undefined {
  if (positive > 0 && negative > 0) return undefined;
  if (positive + negative === 0) return 'no passing test';
  return positive === 0
    ? 'no passing test that it matches'
    : 'no passing test that it does not match';
}

/** Number of passing cases of each kind. */
export const passingCounts = (results: readonly CaseResult[]): CaseCounts =>
  countCases(
    results.filter(({ outcome }) => outcome === 'passed').map(({ test }) => test.expected),
  );
