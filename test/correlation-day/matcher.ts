import { correlatorOf } from '../../src/match/correlation/correlation.ts';
import type { CompiledCorrelation } from '../../src/query/compile.ts';
import { compileText } from '../compile.ts';
import { alertsOf, type Correlation, holdsOfNone, isAbsence, silencesOf } from './evaluator.ts';
import { baseRules, type DayRule, documentsOf } from './rules.ts';
import type { DayResult } from './runs.ts';
import type { Stream } from './streams.ts';

/** The rules as the matcher takes them, by name. */
export function compiledOf(rules: readonly DayRule[]): ReadonlyMap<string, CompiledCorrelation> {
  const text = [baseRules, ...rules.map(({ correlation }) => documentsOf(correlation))].join(
    '---\n',
  );
  return new Map(
    compileText(text).flatMap((compiled) =>
      compiled.kind === 'correlation' ? [[compiled.rule.name ?? '', compiled] as const] : [],
    ),
  );
}

/**
 * Asks the matcher about every event of a stream, in the order of the times, and compares what it
 * says at each. A silence is told at the next event.
 */
export function matchedDay(
  compiled: CompiledCorrelation,
  correlation: Correlation,
  { events }: Stream,
): DayResult {
  const made = correlatorOf(compiled);
  if (!made.ok) throw new Error(made.error);
  const inOrder = events.toSorted((a, b) => a._time - b._time);
  const label = (time: number, group: string): string => `${group} ${Math.round(time * 1000)}`;
  const found = new Set(
    inOrder.flatMap((event) =>
      made.value(event, event._time * 1000).map(({ group }) => label(event._time, group.join('|'))),
    ),
  );
  const wanted = new Set(
    isAbsence(correlation)
      ? []
      : alertsOf(correlation, events).map(({ time, group }) => label(time, group)),
  );
  if (isAbsence(correlation) || (correlation.groupBy.length === 0 && holdsOfNone(correlation))) {
    for (const { from, group } of silencesOf(correlation, events, inOrder[0]?._time ?? 0)) {
      const next = inOrder.find(({ _time }) => _time > from);
      if (next) wanted.add(label(next._time, group));
    }
  }
  return {
    expected: wanted.size,
    missed: [...wanted].filter((one) => !found.has(one)),
    extra: [...found].filter((one) => !wanted.has(one)),
  };
}
