import { runsInSplunk } from '../pack/config/enabled.ts';
import { cronRate } from '../pack/load/schedule-load.ts';
import type { PackDetection, SplunkDetection } from '../pack/model/detection.ts';
import type { Pack } from '../pack/pack.ts';
import { relativeSpan } from '../pack/settings/relative-time.ts';
import { splunkSchedule } from '../pack/splunk/schedule.ts';
import { sourceLabel } from '../sigma/rule/rule.ts';

/** What searches of a log source have to look through, before an index leaves out anything. */
export interface SourceWork {
  /** `windows/process_creation`: product, category and service. */
  readonly source: string;
  /** Events a minute. */
  readonly events: number;
  /** Events that all searches together look through in a minute, if each detection has its own. */
  readonly single: number;
  /** The same as the pack schedules them. */
  readonly scheduled: number;
}

/** The log sources that enabled detections search, sorted. */
export const searchedSources = ({ splunk }: Pack): readonly string[] =>
  [...new Set(splunk.flatMap((one) => (runsInSplunk(one.detection) ? labels(one) : [])))].sort();

/**
 * What a minute of each log source costs: its events, as often as searches look at them. A bound
 * for comparisons, not a time: an index reads less.
 */
export function estimatedWork(
  { splunk, groups }: Pack,
  eventsPerMinute: ReadonlyMap<string, number>,
): readonly SourceWork[] {
  const single = new Map<string, number>();
  const scheduled = new Map<string, number>();
  for (const one of splunk) {
    if (!runsInSplunk(one.detection)) continue;
    const looks = looksOf(one.detection);
    for (const label of labels(one)) {
      add(single, label, looks);
      if (!groups.groupOf.has(one.detection.id)) add(scheduled, label, looks);
    }
  }
  for (const { detection, members } of groups.groups)
    for (const label of new Set(members.flatMap(labels))) add(scheduled, label, looksOf(detection));
  return [...eventsPerMinute].map(([source, events]) => ({
    source,
    events,
    single: Math.round((single.get(source) ?? 0) * events),
    scheduled: Math.round((scheduled.get(source) ?? 0) * events),
  }));
}

const labels = ({ detection }: SplunkDetection): readonly string[] =>
  detection.logSources.map((source) => sourceLabel(source));

const add = (sums: Map<string, number>, label: string, looks: number): void => {
  sums.set(label, (sums.get(label) ?? 0) + looks);
};

/** How often an event is looked at. */
function looksOf(detection: PackDetection): number {
  const { cron, window } = splunkSchedule(detection);
  return cronRate(cron) * ((relativeSpan(window.earliest, window.latest) ?? 0) / 60);
}
