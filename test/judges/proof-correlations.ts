/**
 * node test/judges/proof-correlations.ts: every correlation of test/correlation-day over every
 * stream of a day, by the saved search at the minutes of its own schedule, by LogPoint's search in
 * its windows, and by the matcher at every event, against a plain evaluator.
 */
import { logPointDay, logPointSearchesOf } from '../correlation-day/logpoint.ts';
import { compiledOf, matchedDay } from '../correlation-day/matcher.ts';
import { dayRules, hasFixedWindows } from '../correlation-day/rules.ts';
import { dayOf, savedSearchesOf } from '../correlation-day/runs.ts';
import { streams } from '../correlation-day/streams.ts';
import { judgedAlerts, reportAlerts } from './proof-alerts.ts';

// for windows that follow one another, every second rule shows the same
const half = dayRules.filter((_, index) => index % 2 === 0);

const searches = savedSearchesOf(dayRules);
const bySearch = searches.flatMap((search) =>
  streams.map((stream) => ({
    label: `${search.rule.correlation.name} over ${stream.name}`,
    ...dayOf(search, stream),
  })),
);
const inFixedWindows = savedSearchesOf(
  half.filter(({ correlation }) => hasFixedWindows(correlation)),
  'targets: [splunk]\nsplunk: { correlation: stats }\n',
);
const byStats = inFixedWindows.flatMap((search) =>
  streams.map((stream) => ({
    label: `${search.rule.correlation.name} over ${stream.name}`,
    ...dayOf(search, stream, 'fixed'),
  })),
);
const compiled = compiledOf(dayRules);
// the matcher takes events of one time one after the other
const distinct = streams.filter((stream) => stream.distinct);
const byMatcher = dayRules.flatMap(({ correlation }) => {
  const one = compiled.get(correlation.name);
  if (!one) throw new Error(`${correlation.name} does not compile`);
  return distinct.map((stream) => ({
    label: `${correlation.name} over ${stream.name}`,
    ...matchedDay(one, correlation, stream),
  }));
});
const inLogPoint = logPointSearchesOf(half);
const byLogPoint = inLogPoint.flatMap((search) =>
  streams.map((stream) => ({
    label: `${search.rule.correlation.name} over ${stream.name}`,
    ...logPointDay(search, stream),
  })),
);

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
