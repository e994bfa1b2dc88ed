import { cronAt, cronPeriod, minimumSplunkInterval, spreadMinute } from '../../cron/spread.ts';
import { createScheduleLoad, cronRate, type ScheduleLoad } from '../../load/schedule-load.ts';
import type { SplunkDetection } from '../../model/detection.ts';
import { chosenCron, cronOf } from '../schedule.ts';
import type { SplunkGroup } from './groups.ts';

/** Starts over the average that a minute may have. */
const slack = 2;

/**
 * Groups with the minutes on which they run. A group keeps the minute that its id gives it, as a
 * detection does, unless so many start there already that another minute has to do: few groups are
 * spread less evenly than many detections.
 */
export function withSpreadRuns(
  groups: readonly SplunkGroup[],
  detections: readonly SplunkDetection[],
  alone: ReadonlyMap<string, string>,
): readonly SplunkGroup[] {
  const load = createScheduleLoad();
  const fixed = [
    ...detections.filter(({ detection }) => alone.has(detection.id)),
    ...groups.filter(({ detection }) => chosenCron(detection.settings) !== undefined),
  ].map(({ detection }) => cronOf(detection));
  for (const cron of fixed) load.add(cron);
  const free = groups.filter(({ detection }) => chosenCron(detection.settings) === undefined);
  const rate = [...fixed, ...free.map(({ detection }) => cronOf(detection))]
    .map(cronRate)
    .reduce((sum, one) => sum + one, 0);
  const crons = new Map(
    free.map((group) => {
      const cron = freeCron(group, Math.ceil(rate) + slack, load);
      load.add(cron);
      return [group, cron];
    }),
  );
  return groups.map((group) => {
    const cron = crons.get(group);
    if (cron === undefined) return group;
    const { detection } = group;
    return { ...group, detection: { ...detection, settings: { ...detection.settings, cron } } };
  });
}

function freeCron({ id, detection }: SplunkGroup, most: number, load: ScheduleLoad): string {
  const interval = Math.max(detection.settings.interval, minimumSplunkInterval);
  const period = cronPeriod(interval) / 60;
  const own = spreadMinute(id, interval);
  for (let step = 0; step < period; step++) {
    const cron = cronAt((own + step) % period, interval);
    if (load.mostWith(cron) < most) return cron;
  }
  return cronAt(own, interval);
}
