import { defaultTargetSettings } from '../../src/backend/registry.ts';
import { readLogPointChart } from '../logpoint-reader.ts';
import { logpoint } from '../registered.ts';
import { compiledOf } from './matcher.ts';
import type { DayRule } from './rules.ts';
import type { Stream } from './streams.ts';
import { comparedWindows, followingRuns, type WindowsResult } from './windows.ts';

interface LogPointSearch {
  readonly rule: DayRule;
  readonly run: ReturnType<typeof readLogPointChart>;
}

/** The searches of the rules that LogPoint has one for. */
export function logPointSearchesOf(rules: readonly DayRule[]): readonly LogPointSearch[] {
  const compiled = compiledOf(rules);
  return rules.flatMap((rule) => {
    const one = compiled.get(rule.correlation.name);
    if (!one) throw new Error(`${rule.correlation.name} does not compile`);
    const conversion = logpoint.convert(one, defaultTargetSettings);
    return conversion.ok
      ? conversion.value.queries.map((query) => ({ rule, run: readLogPointChart(query) }))
      : [];
  });
}

/** Runs the search over time ranges of the timespan, one after another. */
export function logPointDay({ rule, run }: LogPointSearch, stream: Stream): WindowsResult {
  const runs = followingRuns(rule.correlation, 0);
  const { timespan } = rule.correlation;
  const start = runs[0]?.from ?? 0;
  const windows = Map.groupBy(stream.events, ({ _time }) => Math.floor((_time - start) / timespan));
  const found = runs.map(({ time }, index): [number, readonly string[]] => {
    const rows = run(windows.get(index) ?? []);
    return [
      time,
      rows.map((row) => rule.correlation.groupBy.map((field) => String(row[field])).join('|')),
    ];
  });
  return comparedWindows(rule, stream, runs, new Map(found));
}
