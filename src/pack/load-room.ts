import type { GraylogDetection } from './detection.ts';
import { graylogWindow } from './graylog-window.ts';
import { cronRuns } from './schedule.ts';

/** What a minute still has room for. */
export interface Room<T> {
  /** Takes the room that the detection needs, or leaves all as it is and returns false. */
  readonly take: (one: T) => boolean;
  /** Takes it in any case. */
  readonly force: (one: T) => void;
}

/** Room for searches by their cron expressions, on each minute of a day. */
export function minutesOfDay(budget: number): Room<string> {
  const starts = new Uint32Array(24 * 60);
  // minutes only fill up: what had no room once never has any again
  const full = new Set<string>();
  const add = (cron: string): void => {
    for (const minute of cronRuns(cron)) starts[minute] = (starts[minute] ?? 0) + 1;
  };
  return {
    take(cron) {
      if (full.has(cron)) return false;
      if (cronRuns(cron).some((minute) => (starts[minute] ?? 0) >= budget)) {
        full.add(cron);
        return false;
      }
      add(cron);
      return true;
    },
    force: add,
  };
}

/** Room for so many runs a minute on average. */
export function meanRate(budget: number): Room<number> {
  let sum = 0;
  return {
    take(rate) {
      // sums of fractions such as 1/15 miss whole numbers by a hair
      if (sum + rate > budget + 1e-9) return false;
      sum += rate;
      return true;
    },
    force(rate) {
      sum += rate;
    },
  };
}

/** Runs a minute of a detection's event definitions. */
export function definitionRate({ detection: { settings }, search }: GraylogDetection, minimumVersion: number): number {
  if (search.kind === 'aggregation') return 60 / search.every;
  return (search.queries.length * 60) / graylogWindow(settings, minimumVersion).every;
}
