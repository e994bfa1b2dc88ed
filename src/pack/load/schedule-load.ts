import { cronDays, cronRuns, kindsOfDay } from '../cron/runs.ts';

const minutesOfDay = 24 * 60;

/**
 * Starts of searches in each minute of each day. A search that only runs on some days does not fill
 * the minutes of other days.
 */
export interface ScheduleLoad {
  readonly add: (cron: string, count?: number) => void;
  /** Starts in the fullest minute in which the expression would run. */
  readonly mostWith: (cron: string) => number;
  /** For each of the 60 minutes, the starts in its worst hour of its worst day. */
  readonly worst: () => number[];
}

export function createScheduleLoad(): ScheduleLoad {
  const everyDay = new Uint32Array(minutesOfDay);
  // only minutes that have any: starts by kind of day, and their maximum
  const someDays = new Map<number, Uint32Array>();
  const peaks = new Uint32Array(minutesOfDay);
  const startsOn = (minute: number, days: Uint16Array | undefined): number => {
    const always = everyDay[minute] ?? 0;
    if (days === undefined) return always + (peaks[minute] ?? 0);
    const starts = someDays.get(minute);
    return always + (starts ? days.reduce((most, day) => Math.max(most, starts[day] ?? 0), 0) : 0);
  };
  return {
    add(cron, count = 1) {
      const days = cronDays(cron);
      for (const minute of cronRuns(cron)) {
        if (days === undefined) {
          everyDay[minute] = (everyDay[minute] ?? 0) + count;
          continue;
        }
        const starts = someDays.get(minute) ?? new Uint32Array(kindsOfDay);
        someDays.set(minute, starts);
        for (const day of days) {
          starts[day] = (starts[day] ?? 0) + count;
          peaks[minute] = Math.max(peaks[minute] ?? 0, starts[day] ?? 0);
        }
      }
    },
    mostWith(cron) {
      const days = cronDays(cron);
      return cronRuns(cron).reduce((most, minute) => Math.max(most, startsOn(minute, days)), 0);
    },
    worst() {
      const worst = new Array<number>(60).fill(0);
      for (let minute = 0; minute < minutesOfDay; minute++)
        worst[minute % 60] = Math.max(worst[minute % 60] ?? 0, startsOn(minute, undefined));
      return worst;
    },
  };
}

/**
 * For each of the 60 minutes, the searches that start in it in its worst hour. Invalid expressions
 * are left out.
 */
export function scheduleHistogram(crons: readonly string[]): number[] {
  const times = new Map<string, number>();
  for (const cron of crons) times.set(cron, (times.get(cron) ?? 0) + 1);
  const load = createScheduleLoad();
  for (const [cron, count] of times) load.add(cron, count);
  return load.worst();
}

/** Runs per minute on average. */
export const cronRate = (cron: string): number =>
  (cronRuns(cron).length / minutesOfDay) * ((cronDays(cron)?.length ?? kindsOfDay) / kindsOfDay);
