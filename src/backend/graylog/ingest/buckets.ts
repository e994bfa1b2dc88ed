import type { Clause } from '../../../query/clause.ts';
import { digestOf, shareOf } from './short-names.ts';

/** Rules that are only asked where one of the tests holds. */
export interface Bucket<T> {
  /** Of what holds it together, for names. */
  readonly label: string;
  /** Sorted. */
  readonly tests: readonly string[];
  readonly rules: readonly T[];
}

export interface Candidate<T> {
  readonly rule: T;
  /** Of texts of tests. */
  readonly clause: Clause<string> | undefined;
}

/** A gate with more tests costs as much as the rules behind it. */
const mostTests = 24;
/** So many rules with a common test have a bucket of their own. */
const enough = 12;
/** Rules of other buckets, on average. */
const average = 32;

/**
 * Rules in buckets, and those that are always asked. A bucket is chosen by a test of the rule
 * itself, so that another rule moves few of them.
 */
export function bucketed<T>(candidates: readonly Candidate<T>[]): {
  readonly buckets: readonly Bucket<T>[];
  readonly rest: readonly T[];
} {
  const gated: { readonly rule: T; readonly tests: readonly string[] }[] = [];
  const rest: T[] = [];
  for (const { rule, clause } of candidates) {
    if (clause && clause.terms.length <= mostTests) gated.push({ rule, tests: clause.terms });
    else rest.push(rule);
  }
  const uses = new Map<string, number>();
  for (const { tests } of gated)
    for (const test of tests) uses.set(test, (uses.get(test) ?? 0) + 1);
  const mainOf = (tests: readonly string[]): string =>
    tests.reduce((best, test) => {
      const more = (uses.get(test) ?? 0) - (uses.get(best) ?? 0);
      return more > 0 || (more === 0 && test < best) ? test : best;
    });
  const size = 2 ** Math.max(0, Math.round(Math.log2(gated.length / average)));
  const buckets = new Map<string, { tests: Set<string>; rules: T[] }>();
  for (const { rule, tests } of gated) {
    const main = mainOf(tests);
    const isShared = (uses.get(main) ?? 0) >= enough;
    const label = isShared ? digestOf(main, 8) : String(shareOf(main, size));
    const bucket = buckets.get(label) ?? { tests: new Set(), rules: [] };
    buckets.set(label, bucket);
    for (const test of tests) bucket.tests.add(test);
    bucket.rules.push(rule);
  }
  const sorted = [...buckets].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    buckets: sorted.map(([label, { tests, rules }]) => ({
      label,
      tests: [...tests].sort(),
      rules,
    })),
    rest,
  };
}
