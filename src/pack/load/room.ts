import { alertingOf, sharesDefinition } from '../graylog/ingest/alert-terms.ts';
import { graylogWindow } from '../graylog/window.ts';
import type { GraylogDetection } from '../model/detection.ts';
import { createScheduleLoad, cronRate } from './schedule-load.ts';

/** The room that is left in each minute. */
export interface Room<T> {
  /** Takes the room that the detection needs; false, without taking any, if there is not enough. */
  readonly take: (one: T) => boolean;
  /** Takes the room even if there is not enough. */
  readonly force: (one: T) => void;
}

/** Room for searches by their cron expressions, in each minute of each day. */
export function minutesOfDays(budget: number): Room<string> {
  const load = createScheduleLoad();
  // minutes only fill up: an expression that had no room once never has any again
  const full = new Set<string>();
  return {
    take(cron) {
      if (full.has(cron)) return false;
      if (load.mostWith(cron) >= budget) {
        full.add(cron);
        return false;
      }
      load.add(cron);
      return true;
    },
    force: (cron) => load.add(cron),
  };
}

/** Room for a number of runs per minute on average. */
export function meanRate(budget: number): Room<number> {
  let sum = 0;
  return {
    take(rate) {
      // sums of fractions such as 1/15 miss whole numbers by rounding
      if (sum + rate > budget + 1e-9) return false;
      sum += rate;
      return true;
    },
    force(rate) {
      sum += rate;
    },
  };
}

/** Runs per minute of the event definitions that a detection has to itself. */
export function definitionRate(g: GraylogDetection, minimumVersion: number): number {
  const { search, tested } = g;
  if (tested && sharesDefinition(g)) return 0;
  const { settings } = g.detection;
  const window = search.kind === 'aggregation' ? search : graylogWindow(settings, minimumVersion);
  const rate = window.cron === undefined ? 60 / window.every : cronRate(settings.cron ?? '');
  return search.kind === 'aggregation' ? rate : search.queries.length * rate;
}

/** Runs per minute of the event definitions that detections share; none of them in search mode. */
export function sharedRate(
  detections: readonly GraylogDetection[],
  minimumVersion: number,
): number {
  if (!detections.some(({ tested }) => tested)) return 0;
  return alertingOf(detections, minimumVersion).groups.reduce(
    (sum, { terms: { cron, window } }) =>
      sum + (cron === undefined ? 60 / window.every : cronRate(cron)),
    0,
  );
}
