import type { CompiledRule, SettledRule } from '../query/compile.ts';
import { type Mutant, mutantMeaning, mutantsOf } from './mutant.ts';
import { isAsExpected, proverOf } from './prove.ts';
import { type CaseCounts, countCases, type Expectation, type TimedEvent } from './test-case.ts';

/** A case whose events are read. */
export interface ReadyCase {
  readonly expected: Expectation;
  readonly events: readonly TimedEvent[];
  readonly passed: boolean;
}

/** What the cases of a rule show. */
export interface RuleCoverage extends CaseCounts {
  /** Number of mutants that were tried. */
  readonly mutants: number;
  /** Mutants that pass every case that the rule passes. */
  readonly unnoticed: readonly Mutant[];
}

/** Changes a rule part by part and runs the cases that pass on each mutant. */
export function coverageOf(settled: SettledRule, cases: readonly ReadyCase[]): RuleCoverage {
  const passing = cases.filter(({ passed }) => passed);
  const unnoticed: Mutant[] = [];
  let mutants = 0;
  // without passing cases no mutant can be noticed
  for (const mutant of passing.length === 0 ? [] : mutantsOf(settled)) {
    mutants++;
    if (!isNoticed(mutantMeaning(mutant.settled), passing)) unnoticed.push(mutant);
  }
  return { ...countCases(passing.map(({ expected }) => expected)), mutants, unnoticed };
}

function isNoticed(compiled: CompiledRule, passing: readonly ReadyCase[]): boolean {
  const prover = proverOf(compiled);
  // a mutant that can't be matched can't be noticed either
  return (
    prover.ok &&
    passing.some(
      ({ expected, events }) => !isAsExpected(expected, prover.value(events), compiled.kind),
    )
  );
}
