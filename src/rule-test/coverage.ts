import type { CompiledRule, SettledRule } from '../query/compile.ts';
import { type Mutant, mutantMeaning, mutantsOf } from './mutant.ts';
import { isAsExpected, proverOf } from './prove.ts';
import { type Expectation, isPositive, type TimedEvent } from './test-case.ts';

/** A case with its events read. */
export interface ReadyCase {
  readonly expected: Expectation;
  readonly events: readonly TimedEvent[];
  readonly passed: boolean;
}

/** What the cases of a rule show. */
export interface RuleCoverage {
  /** Passing cases. */
  readonly positive: number;
  readonly negative: number;
  /** Changed rules that were tried, and those that every passing case takes for the rule itself. */
  readonly mutants: number;
  readonly unnoticed: readonly Mutant[];
}

/** Changes a rule part by part and asks its cases again; cases that fail as it is show nothing. */
export function coverageOf(settled: SettledRule, cases: readonly ReadyCase[]): RuleCoverage {
  const passing = cases.filter(({ passed }) => passed);
  const unnoticed: Mutant[] = [];
  let mutants = 0;
  // where nothing is shown, there is nothing to tell apart
  for (const mutant of passing.length === 0 ? [] : mutantsOf(settled)) {
    mutants++;
    if (!isNoticed(mutantMeaning(mutant.settled), passing)) unnoticed.push(mutant);
  }
  const positive = passing.filter(({ expected }) => isPositive(expected)).length;
  return { positive, negative: passing.length - positive, mutants, unnoticed };
}

function isNoticed(compiled: CompiledRule, passing: readonly ReadyCase[]): boolean {
  const prover = proverOf(compiled);
  // a mutant that can't be asked can't be told apart either
  return (
    prover.ok &&
    passing.some(
      ({ expected, events }) => !isAsExpected(expected, prover.value(events), compiled.kind),
    )
  );
}
