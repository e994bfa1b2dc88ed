/**
 * node test/judges/proof-watches.ts: watches of correlations over streams of a day on a real
 * OpenSearch node, each run by itself, against a plain evaluator of their documented windows. The
 * node is started and stopped elsewhere.
 */
import { betweenMiddles } from '../correlation-day/evaluator.ts';
import { dayRules } from '../correlation-day/rules.ts';
import { streams } from '../correlation-day/streams.ts';
import {
  comparedWindows,
  overlaps,
  type WindowsResult,
  watchRuns,
} from '../correlation-day/windows.ts';
import { type CorrelationVerdict, judgedAlerts, reportAlerts } from './proof-alerts.ts';
import { dayWatchesOf, indexOf, loadStreams, watchDay } from './watcher-day.ts';

/** Seconds that runs leave for late events. */
const delay = 600;
/** Each watch is asked about one stream: a day of one has some hundred runs. */
const each = `one each of ${streams.length}`;

type Labelled = WindowsResult & { readonly label: string };
const overlapping: Labelled[] = [];
const following: Labelled[] = [];
await loadStreams(streams);
for (const [index, watch] of dayWatchesOf(dayRules).entries()) {
  const stream = streams[(index * 3) % streams.length];
  if (!stream) throw new Error('there is no stream');
  const found = await watchDay(watch, indexOf(streams, stream));
  const { correlation } = watch.rule;
  const result = comparedWindows(watch.rule, stream, watchRuns(watch.rule, delay), found, {
    place: betweenMiddles,
  });
  (overlaps(correlation) ? overlapping : following).push({
    ...result,
    label: `${correlation.name} over ${stream.name}`,
  });
}

const whole = overlapping.map(({ label, sliding, slidingMissed }) => ({
  label,
  expected: sliding,
  missed: slidingMissed,
  extra: [],
}));
const sliding: CorrelationVerdict = {
  ...judgedAlerts('the same watches, against sliding windows', overlapping.length, each, whole),
  extra: overlapping.reduce((sum, { beyond }) => sum + beyond, 0),
  reason:
    'runs whose events are further apart than the timespan, but not than the window, as the warning of each such watch says',
};
reportAlerts('watches', [
  judgedAlerts(
    'Elasticsearch watches on OpenSearch: windows that overlap',
    overlapping.length,
    each,
    overlapping,
  ),
  sliding,
  judgedAlerts(
    'Elasticsearch watches on OpenSearch: windows that follow one another',
    following.length,
    each,
    following,
  ),
]);
