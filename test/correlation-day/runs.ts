/** Saved searches of a pack, run over a day at the minutes that their cron schedules name. */
import { readConfig } from '../../src/pack/config/config.ts';
import { assemblePack } from '../../src/pack/pack.ts';
import { savedSearchSettings } from '../../src/pack/splunk/savedsearch.ts';
import { collect } from '../../src/sigma/collection/collection.ts';
import { readDocuments } from '../../src/sigma/collection/document.ts';
import { perName } from '../../src/source/cache.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { compileSpl } from '../judges/spl/spl.ts';
import type { Event } from '../judges/spl/value.ts';
import {
  type Alert,
  alertsOf,
  type Correlation,
  fixedAlertsOf,
  holdsOfNone,
  isAbsence,
  silencesOf,
} from './evaluator.ts';
import { baseRules, type DayRule, documentsOf } from './rules.ts';
import { dayEnd, dayStart, type Stream } from './streams.ts';

export interface SavedSearch {
  readonly rule: DayRule;
  readonly settings: ReadonlyMap<string, string>;
  readonly run: ReturnType<typeof compileSpl>['run'];
}

/** What `sigpack build` schedules for the rules. */
export function savedSearchesOf(
  rules: readonly DayRule[],
  config = 'targets: [splunk]\n',
): readonly SavedSearch[] {
  const bag = createBag();
  const read = readConfig({ path: 'sigpack.yml', text: config }, bag);
  const text = [
    baseRules,
    ...rules.map(({ correlation, settings }) => documentsOf(correlation, settings)),
  ].join('---\n');
  const { documents } = readDocuments({ path: 'day.yml', text }, bag);
  if (!read) throw new Error('the configuration is invalid');
  const pack = assemblePack({ collection: collect(documents, bag), config: read, bag });
  const errors = bag.list
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  const byName = new Map(rules.map((rule) => [rule.correlation.name, rule]));
  return pack.splunk.flatMap((detection) => {
    const rule = byName.get(detection.detection.rule.name ?? '');
    if (!rule) return [];
    const settings = savedSearchSettings(detection, { info: read.info, enterpriseSecurity: false });
    const search = settings.get('search') ?? '';
    const macros = new Map(
      Array.from(search.matchAll(/`(\w+)`/g), ([, name = '']) => [
        name,
        name.endsWith('_filter') ? 'search *' : '*',
      ]),
    );
    return [{ rule, settings, run: compileSpl(search, { macros }).run }];
  });
}

const listed = (field: string, end: number): readonly number[] => {
  if (field === '*') return Array.from({ length: end }, (_, value) => value);
  const step = /^\*\/(\d+)$/.exec(field)?.[1];
  return step === undefined
    ? field.split(',').map(Number)
    : Array.from({ length: Math.ceil(end / Number(step)) }, (_, index) => index * Number(step));
};

/** The times at which a cron schedule (minutes and hours only) runs from one to the other. */
export function runTimes(cron: string, from: number, to: number): readonly number[] {
  const [minutes = '', hours = ''] = cron.split(' ');
  const days = Array.from(
    { length: Math.ceil((to - from) / 86_400) + 2 },
    (_, index) => Math.floor(from / 86_400) * 86_400 + (index - 1) * 86_400,
  );
  const times = days.flatMap((day) =>
    listed(hours, 24).flatMap((hour) =>
      listed(minutes, 60).map((minute) => day + hour * 3600 + minute * 60),
    ),
  );
  return times.filter((time) => time >= from && time <= to).sort((a, b) => a - b);
}

/** Many searches share a schedule, and each is asked about every stream. */
const runTimesOfDay = perName((cron: string) => runTimes(cron, dayStart - 7200, dayEnd + 14_400));

/** Seconds before a run at a whole minute, of `-85m@m` and `@m`. */
function secondsBefore(text: string): number {
  const minutes = /^(?:-(\d+)m)?@m$/.exec(text);
  if (!minutes) throw new Error(`not a relative time of saved searches: ${text}`);
  return Number(minutes[1] ?? 0) * 60;
}

/** Alerts of a day: expected, and of them missed; and those that no window of that run fulfils. */
export interface DayResult {
  readonly expected: number;
  readonly missed: readonly string[];
  readonly extra: readonly string[];
}

const absences = new WeakMap<Correlation, boolean>();

/** Whether groups alert by their silence alone; kept, since each run of a day asks. */
function alertsBySilenceAlone(correlation: Correlation): boolean {
  const known = absences.get(correlation);
  if (known !== undefined) return known;
  const alone = isAbsence(correlation) && correlation.groupBy.length > 0;
  absences.set(correlation, alone);
  return alone;
}

/**
 * What a run should find: the groups that alert in the time it decides on, each with the time of
 * its last alert where events alert. `alerts`: those that end in that time.
 */
function expectedOf(
  correlation: Correlation,
  alerts: readonly Alert[],
  silences: ReturnType<typeof silencesOf>,
  from: number,
  to: number,
): ReadonlySet<string> {
  const found = new Map<string, number>();
  if (!alertsBySilenceAlone(correlation)) {
    for (const { time, group } of alerts) found.set(group, Math.max(found.get(group) ?? 0, time));
  }
  for (const { group, from: start, until } of silences) {
    const silent =
      correlation.groupBy.length > 0
        ? start >= from && start < to
        : Math.max(start, from) < Math.min(until, to);
    if (silent && !found.has(group))
      found.set(group, correlation.groupBy.length > 0 ? start - correlation.timespan : to);
    else if (silent && correlation.groupBy.length > 0)
      found.set(group, Math.max(found.get(group) ?? 0, start - correlation.timespan));
  }
  return new Set([...found].map(([group, time]) => `${group} ${Math.round(time * 1000)}`));
}

/**
 * Runs a saved search over a stream, each run over what has arrived by then, and compares each
 * run's results with what its windows fulfil.
 */
export function dayOf(
  { rule: { correlation }, settings, run }: SavedSearch,
  { events }: Stream,
  windows: 'sliding' | 'fixed' = 'sliding',
): DayResult {
  const visible: readonly Event[] = events;
  const alerts = (windows === 'fixed' ? fixedAlertsOf : alertsOf)(correlation, events).toSorted(
    (a, b) => a.end - b.end,
  );
  const absent =
    isAbsence(correlation) || (correlation.groupBy.length === 0 && holdsOfNone(correlation));
  // long before the day nothing is there: silence begins with it
  const silences = absent ? silencesOf(correlation, events, dayStart - 10 * 86_400) : [];
  const times = runTimesOfDay(settings.get('cron_schedule') ?? '');
  const earliest = secondsBefore(settings.get('dispatch.earliest_time') ?? '');
  const latest = secondsBefore(settings.get('dispatch.latest_time') ?? '');
  const missed: string[] = [];
  const extra: string[] = [];
  let expected = 0;
  let [past, arrived, decided] = [0, 0, 0];
  let before: number | undefined;
  for (const time of times) {
    const end = time - latest;
    const undecided = decided;
    while ((alerts[decided]?.end ?? end) < end) decided++;
    if (before !== undefined) {
      const start = time - earliest;
      // events arrive after their time: those that arrived before the start are out of range
      while ((events[past]?.arrives ?? start) < start) past++;
      while ((events[arrived]?.arrives ?? time + 1) <= time) arrived++;
      const rows = run(visible.slice(past, arrived), { earliest: start, latest: end });
      const found = new Set(
        rows.map(
          (row) =>
            `${correlation.groupBy.map((field) => String(row[field])).join('|')} ${Math.round(Number(row._time) * 1000)}`,
        ),
      );
      const wanted = expectedOf(
        correlation,
        alerts.slice(undecided, decided),
        silences,
        before,
        end,
      );
      const labelled = (one: string): string =>
        `${new Date(time * 1000).toISOString().slice(11, 16)} ${one}`;
      expected += wanted.size;
      missed.push(...[...wanted].filter((one) => !found.has(one)).map(labelled));
      extra.push(...[...found].filter((one) => !wanted.has(one)).map(labelled));
    }
    before = end;
  }
  return { expected, missed, extra };
}
