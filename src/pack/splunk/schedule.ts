import { splunkLead } from '../../backend/splunk/correlation/correlation.ts';
import { cronGaps, type Gaps } from '../cron/gaps.ts';
import { overlapError } from '../cron/overlap.ts';
import {
  cronPeriod,
  minimumSplunkInterval,
  type SearchWindow,
  searchWindow,
  spreadCron,
  windowOver,
} from '../cron/spread.ts';
import type { PackDetection } from '../model/detection.ts';
import { confValue } from '../render/conf-text.ts';
import type { DetectionSettings } from '../settings/settings.ts';

export interface SplunkSchedule {
  readonly cron: string;
  readonly window: SearchWindow;
  /** Two runs may decide on the same windows of a correlation. */
  readonly overlaps: boolean;
  /** What runs see again without throttling. */
  readonly repeats?: string;
}

/**
 * Depends on the settings alone, which thousands of detections share; the warning, the stanza, its
 * checks and the lookup all need it.
 */
interface Timing extends Omit<SplunkSchedule, 'cron'> {
  /** Undefined: runs are spread over the interval by the id of the detection. */
  readonly cron?: string;
  readonly interval: number;
}

const timings = new WeakMap<DetectionSettings, Map<number, Timing>>();

/**
 * Splunk runs a search at most every five minutes. A run of a correlation decides on one period,
 * and also sees what reaches into it from before.
 */
export function splunkSchedule({ id, settings, lookBack = 0 }: PackDetection): SplunkSchedule {
  const { interval, cron = spreadCron(id, interval), ...timing } = timingOf(settings, lookBack);
  return { ...timing, cron };
}

function timingOf(settings: DetectionSettings, lookBack: number): Timing {
  let ofSettings = timings.get(settings);
  if (!ofSettings) {
    ofSettings = new Map();
    timings.set(settings, ofSettings);
  }
  let timing = ofSettings.get(lookBack);
  if (!timing) {
    timing = madeTiming(settings, lookBack);
    ofSettings.set(lookBack, timing);
  }
  return timing;
}

function madeTiming(settings: DetectionSettings, lookBack: number): Timing {
  const { delay, window = 0 } = settings;
  const interval = Math.max(settings.interval, minimumSplunkInterval);
  const cron = chosenCron(settings);
  const lead = splunkLead(lookBack);
  const gaps = cron === undefined ? undefined : cronGaps(cron);
  if (cron === undefined || gaps === undefined) {
    const period = cronPeriod(interval);
    const whole = period + lead;
    const overlaps = lead > 0 && window > whole;
    const repeats =
      overlaps && settings.suppress?.usual
        ? undefined
        : repeatsOf(settings, Math.max(window, whole), lead, { shortest: period, longest: period });
    return {
      interval,
      window: searchWindow(interval, delay, Math.max(window, whole)),
      overlaps,
      ...repeats,
    };
  }
  const whole = gaps.longest + lead;
  // runs also overlap after a short gap: throttling for that could hide another alert, so a warning
  // reports it
  const overlaps = lead > 0 && window > whole;
  const repeats =
    overlaps && settings.suppress?.usual
      ? undefined
      : repeatsOf(settings, Math.max(window, whole), lead, gaps);
  return {
    interval,
    cron,
    window: windowOver(gaps.longest, delay, Math.max(window, whole)),
    overlaps,
    ...repeats,
  };
}

/** An override of the schedule moves the window as the setting does. */
export function chosenCron({ cron, splunk }: DetectionSettings): string | undefined {
  const override = splunk.savedsearch.cron_schedule;
  return override === undefined ? cron : confValue(override);
}

function repeatsOf(
  { suppress }: DetectionSettings,
  lookBack: number,
  lead: number,
  gaps: Gaps,
): Pick<SplunkSchedule, 'repeats'> | undefined {
  const repeats = overlapError(
    lookBack - lead,
    gaps,
    suppress?.period ?? 0,
    lead > 0 ? 'decide on windows that end in the last' : undefined,
  );
  return repeats === undefined ? undefined : { repeats };
}

/** When the search runs. */
export function cronOf({ id, settings, lookBack = 0 }: PackDetection): string {
  const { cron, interval } = timingOf(settings, lookBack);
  return cron ?? spreadCron(id, interval);
}

export function addSchedule(
  settings: Map<string, string>,
  detection: PackDetection,
  { cron, window }: SplunkSchedule,
): void {
  settings.set('cron_schedule', cron);
  settings.set('dispatch.earliest_time', window.earliest);
  settings.set('dispatch.latest_time', window.latest);
  settings.set('enableSched', '1');
  settings.set('disabled', detection.settings.enabled ? '0' : '1');
  settings.set('schedule_window', 'auto');
  // with a minute list in cron_schedule Splunk only skews the second, so searches that share a
  // minute start apart
  settings.set('allow_skew', '1m');
  // continuous: a late search still covers its window, so nothing is skipped
  settings.set('realtime_schedule', '0');
  settings.set('is_visible', '1');
}
