/**
 * node test/judges/proof-correlations.ts: every correlation of test/correlation-day over every stream of a day, by the saved search at the minutes of
 * its own schedule, and by the matcher at every event, against a plain evaluator.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiledOf, matchedDay } from '../correlation-day/matcher.ts';
import { dayRules, hasFixedWindows } from '../correlation-day/rules.ts';
import { type DayResult, dayOf, savedSearchesOf } from '../correlation-day/runs.ts';
import { streams } from '../correlation-day/streams.ts';
import { root } from './places.ts';
import type { CorrelationVerdict } from './proof-verdict.ts';

function judged(target: string, rules: number, streamCount: number, results: readonly (DayResult & { readonly label: string })[]): CorrelationVerdict {
  const sum = (count: (result: DayResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  const verdict = {
    target,
    rules,
    streams: streamCount,
    expected: sum(({ expected }) => expected),
    missed: sum(({ missed }) => missed.length),
    extra: sum(({ extra }) => extra.length),
  };
  console.log(`${target}: ${rules} rules, ${streamCount} streams, ${verdict.expected} alerts, ${verdict.missed} missed, ${verdict.extra} extra`);
  const wrong = results.filter(({ missed, extra }) => missed.length + extra.length > 0);
  for (const { label, missed, extra } of wrong.slice(0, 20)) console.log(`  ${label}: misses ${missed.slice(0, 3)}; has too many: ${extra.slice(0, 3)}`);
  return verdict;
}

const searches = savedSearchesOf(dayRules);
const bySearch = searches.flatMap((search) =>
  streams.map((stream) => ({ label: `${search.rule.correlation.name} over ${stream.name}`, ...dayOf(search, stream) })),
);
const inFixedWindows = savedSearchesOf(
  dayRules.filter(({ correlation }) => hasFixedWindows(correlation)),
  'targets: [splunk]\nsplunk: { correlation: stats }\n',
);
const byStats = inFixedWindows.flatMap((search) =>
  streams.map((stream) => ({ label: `${search.rule.correlation.name} over ${stream.name}`, ...dayOf(search, stream, 'fixed') })),
);
const compiled = compiledOf(dayRules);
// the matcher takes events of one time one after the other
const distinct = streams.filter((stream) => stream.distinct);
const byMatcher = dayRules.flatMap(({ correlation }) => {
  const one = compiled.get(correlation.name);
  if (!one) throw new Error(`${correlation.name} does not compile`);
  return distinct.map((stream) => ({ label: `${correlation.name} over ${stream.name}`, ...matchedDay(one, correlation, stream) }));
});

const verdicts = [
  judged('Splunk, `streamstats`', searches.length, streams.length, bySearch),
  judged('Splunk, `stats`: fixed windows', inFixedWindows.length, streams.length, byStats),
  judged('`sigpack match` and `sigpack test`', dayRules.length, distinct.length, byMatcher),
];
mkdirSync(join(root, 'dist', 'proof'), { recursive: true });
writeFileSync(join(root, 'dist', 'proof', 'correlations.json'), `${JSON.stringify(verdicts, undefined, 2)}\n`);
if (searches.length < dayRules.length || verdicts.some(({ missed, extra }) => missed + extra > 0)) process.exitCode = 1;
