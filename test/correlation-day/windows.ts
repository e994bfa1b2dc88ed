/**
 * Targets that look at windows of their own, each run by itself. What the windows are is written
 * from the docs: nothing is shared with `src/`.
 */
import { alertsOf, type Correlation, windowsOf } from './evaluator.ts';
import type { DayRule } from './rules.ts';
import { type DayResult, runTimes } from './runs.ts';
import { dayEnd, dayStart, type Stream } from './streams.ts';

/** The first and the last time of a run: two hours before the day, and four after it. */
const firstRun = dayStart - 7200;
const lastRun = dayEnd + 14_400;

/** A run looks at the events from the one time to just before the other. */
export interface Run {
  readonly time: number;
  readonly from: number;
  readonly to: number;
}

/**
 * More events never make it untrue, in a window with the same first event, where no number is below
 * 0, as none of the day's is: windows may overlap.
 */
export const overlaps = ({ type, condition }: Correlation): boolean =>
  !/^value_(avg|percentile|median)$/.test(type) &&
  condition.every(([operator]) => operator === 'gt' || operator === 'gte');

export const timesEvery = (seconds: number): readonly number[] =>
  Array.from(
    { length: Math.floor((lastRun - firstRun) / seconds) },
    (_, index) => firstRun + index * seconds,
  );
export const timesOf = (cron: string): readonly number[] => runTimes(cron, firstRun, lastRun);

/** Windows of the timespan, which follow one another. */
export const followingRuns = ({ timespan }: Correlation, delay: number): readonly Run[] =>
  timesEvery(timespan).map((time) => ({ time, from: time - delay - timespan, to: time - delay }));

/**
 * Of a watch: the timespan and the interval (at most the timespan), or the longest gap of a `cron`,
 * where windows overlap. Each ends before what is left for late events.
 */
export function watchRuns({ correlation, settings }: DayRule, delay: number): readonly Run[] {
  if (!overlaps(correlation)) return followingRuns(correlation, delay);
  const [, cron] = /^cron: '(.*)'$/.exec(settings) ?? [];
  const [, amount = '', unit = ''] = /^interval: (\d+)([mh])$/.exec(settings) ?? [];
  const times =
    cron === undefined
      ? timesEvery(Math.min(correlation.timespan, Number(amount) * (unit === 'h' ? 3600 : 60)))
      : timesOf(cron);
  const gap = Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  return times.map((time) => ({
    time,
    from: time - delay - gap - correlation.timespan,
    to: time - delay,
  }));
}

/**
 * Of a Graylog definition: windows end when their run starts. Where they overlap, it runs every
 * timespan, but at least every five minutes and at most every minute, and looks back over the
 * timespan, one step more, and what is left for late events. The first runs before the day, the
 * last when it is out of sight.
 */
export function graylogRuns({ correlation }: DayRule, delay: number): readonly Run[] {
  const { timespan } = correlation;
  const every = overlaps(correlation) ? Math.max(60, Math.min(300, timespan)) : timespan;
  const within = overlaps(correlation) ? timespan + every + delay : timespan;
  const times = timesEvery(every).filter(
    (time) => time >= dayStart && time <= dayEnd + within + every,
  );
  return times.map((time) => ({ time, from: time - within, to: time }));
}

export interface WindowsResult extends DayResult {
  /**
   * Moments at which sliding windows are fulfilled, where windows overlap; and those of them that
   * no run finds that holds their whole window.
   */
  readonly sliding: number;
  readonly slidingMissed: readonly string[];
  /** Of the alerts expected, those whose window holds no sliding one that is fulfilled. */
  readonly beyond: number;
}

const label = (time: number, group: string): string =>
  `${new Date(time * 1000).toISOString().slice(5, 19)} ${group}`;

interface ComparisonOptions {
  readonly place?: Parameters<typeof windowsOf>[2];
  /** Windows hold only what has arrived when their run starts. */
  readonly arrivedOnly?: boolean;
}

/**
 * Compares what runs found, group by group, with what their windows hold. `found`: the groups by
 * the time of the run.
 */
export function comparedWindows(
  { correlation }: DayRule,
  { events }: Stream,
  runs: readonly Run[],
  found: ReadonlyMap<number, readonly string[]>,
  { place, arrivedOnly = false }: ComparisonOptions = {},
): WindowsResult {
  const windows = windowsOf(correlation, events, place);
  const late = arrivedOnly && events.some(({ _time, arrives }) => arrives > _time);
  const groupsOf = ({ time, from, to }: Run): readonly string[] =>
    (late
      ? windowsOf(
          correlation,
          events.filter(({ arrives }) => arrives <= time),
          place,
        )
      : windows)(from, to);
  const wanted = runs.flatMap((run) => groupsOf(run).map((group) => ({ ...run, group })));
  const wantedLabels = new Set(wanted.map(({ time, group }) => label(time, group)));
  const foundLabels = new Set(
    [...found].flatMap(([time, groups]) => groups.map((group) => label(time, group))),
  );
  const result: DayResult = {
    expected: wantedLabels.size,
    missed: [...wantedLabels].filter((one) => !foundLabels.has(one)),
    extra: [...foundLabels].filter((one) => !wantedLabels.has(one)),
  };
  if (!overlaps(correlation)) return { ...result, sliding: 0, slidingMissed: [], beyond: 0 };
  const alerts = alertsOf(correlation, events);
  const holds = ({ from, to }: Run, time: number): boolean =>
    from <= time - correlation.timespan && time < to;
  const slidingMissed = alerts.filter(
    ({ time, group }) =>
      !runs.some((run) => holds(run, time) && foundLabels.has(label(run.time, group))),
  );
  const beyond = wanted.filter(
    (run) =>
      !alerts.some(({ time, group }) => group === run.group && time >= run.from && time < run.to),
  );
  return {
    ...result,
    sliding: alerts.length,
    slidingMissed: slidingMissed.map(({ time, group }) => label(time, group)),
    beyond: beyond.length,
  };
}
