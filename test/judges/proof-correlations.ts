/**
 * node test/judges/proof-correlations.ts: every correlation of test/correlation-day over every
 * stream of a day, by the saved search at the minutes of its own schedule, by LogPoint's search in
 * its windows, and by the matcher at every event, against a plain evaluator.
 */
import { logPointDay, logPointSearchesOf } from '../correlation-day/logpoint.ts';
import { compiledOf, matchedDay } from '../correlation-day/matcher.ts';
import { type DayRule, dayRules, hasFixedWindows } from '../correlation-day/rules.ts';
import { type DayResult, dayOf, savedSearchesOf } from '../correlation-day/runs.ts';
import { streams } from '../correlation-day/streams.ts';
import { judgedAlerts, reportAlerts } from './proof-alerts.ts';

// for windows that follow one another, every second rule shows the same
const half = dayRules.filter((_, index) => index % 2 === 0);

const searches = savedSearchesOf(dayRules);
const inFixedWindows = savedSearchesOf(
  half.filter(({ correlation }) => hasFixedWindows(correlation)),
  'targets: [splunk]\nsplunk: { correlation: stats }\n',
);
const compiled = compiledOf(dayRules);
// the matcher takes events of one time one after the other
const distinct = streams.filter((stream) => stream.distinct);
const inLogPoint = logPointSearchesOf(half);

/** The searches of a rule, by the rule. */
const byRule = <T extends { readonly rule: DayRule }>(
  list: readonly T[],
): ((rule: DayRule) => readonly T[]) => {
  const found = Map.groupBy(list, ({ rule }) => rule);
  return (rule) => found.get(rule) ?? [];
};
const searchesOf = byRule(searches);
const fixedOf = byRule(inFixedWindows);
const logPointOf = byRule(inLogPoint);

type Judged = DayResult & { readonly label: string };
const bySearch: Judged[] = [];
const byStats: Judged[] = [];
const byMatcher: Judged[] = [];
const byLogPoint: Judged[] = [];

/** All targets of one rule before those of the next: the evaluator keeps what it found last. */
for (const rule of dayRules) {
  const { correlation } = rule;
  const one = compiled.get(correlation.name);
  if (!one) throw new Error(`${correlation.name} does not compile`);
  for (const stream of streams) {
    const label = `${correlation.name} over ${stream.name}`;
    for (const search of searchesOf(rule)) bySearch.push({ label, ...dayOf(search, stream) });
    for (const search of fixedOf(rule)) byStats.push({ label, ...dayOf(search, stream, 'fixed') });
    if (distinct.includes(stream))
      byMatcher.push({ label, ...matchedDay(one, correlation, stream) });
    for (const search of logPointOf(rule))
      byLogPoint.push({ label, ...logPointDay(search, stream) });
  }
}

reportAlerts('searches', [
  judgedAlerts('Splunk, `streamstats`', searches.length, `${streams.length}`, bySearch),
  judgedAlerts(
    'Splunk, `stats`: fixed windows',
    inFixedWindows.length,
    `${streams.length}`,
    byStats,
  ),
  judgedAlerts(
    '`sigpack match` and `sigpack test`',
    dayRules.length,
    `${distinct.length}`,
    byMatcher,
  ),
  judgedAlerts(
    'LogPoint, by the reader of the tests: windows that follow one another',
    inLogPoint.length,
    `${streams.length}`,
    byLogPoint,
  ),
]);
if (searches.length < dayRules.length) process.exitCode = 1;
