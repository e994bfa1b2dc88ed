import { correlatorOf } from '../match/correlation/correlation.ts';
import { matcherOf } from '../match/matcher.ts';
import type { CompiledCorrelation, CompiledRule } from '../query/compile.ts';
import { ok, type Result } from '../source/result.ts';
import type { Expectation, TimedEvent } from './test-case.ts';

/**
 * Asks a rule about the events of a case: how often it fires at each. A detection fires once or not
 * at all.
 */
export type Prover = (events: readonly TimedEvent[]) => readonly number[];

/** An error says why the rule can't be matched with events here. */
export function proverOf(compiled: CompiledRule): Result<Prover> {
  if (compiled.kind === 'correlation') return correlationProver(compiled);
  const matcher = matcherOf(compiled.query);
  if (!matcher.ok) return matcher;
  const { value: matches } = matcher;
  return ok((events) => events.map(({ event }) => (matches(event) ? 1 : 0)));
}

/**
 * Each case starts with nothing seen. Its events may be written in any order: they are asked in
 * that of their times.
 */
function correlationProver(compiled: CompiledCorrelation): Result<Prover> {
  const first = correlatorOf(compiled);
  if (!first.ok) return first;
  return ok((events) => {
    const correlator = correlatorOf(compiled);
    const hits = events.map(() => 0);
    const inOrder = events
      .map(({ event, time }, index) => ({ event, time: time ?? 0, index }))
      .sort((a, b) => a.time - b.time);
    for (const { event, time, index } of inOrder)
      hits[index] = correlator.ok ? correlator.value(event, time).length : 0;
    return hits;
  });
}

/** Whether what was found is what a case wants. `hits` are those of its events, in order. */
export function isAsExpected(
  expected: Expectation,
  hits: readonly number[],
  kind: CompiledRule['kind'],
): boolean {
  const fired = hits.reduce((sum, count) => sum + count, 0);
  switch (expected.kind) {
    case 'every':
      return kind === 'correlation'
        ? fired > 0
        : hits.length > 0 && hits.every((count) => count > 0);
    case 'atLeast':
      return fired >= expected.count;
    case 'none':
      return fired === 0;
    case 'count':
      return fired === expected.count;
  }
}
