import { levels, type Status } from '../../sigma/rule/rule.ts';
import type { PackDetection } from '../model/detection.ts';
import type { OrderedBy } from '../settings/settings.ts';

/** Statuses, the most trusted first; a rule without one comes last. */
const statuses: readonly Status[] = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/**
 * Who enables a detection regardless of its status: settings of savedsearches.conf only count in
 * Splunk.
 */
function orderedBy(
  { settings: { ordered = {} } }: PackDetection,
  target: 'splunk' | 'graylog',
): OrderedBy | undefined {
  const by = target === 'splunk' ? [ordered.savedsearch, ordered.enabled] : [ordered.enabled];
  return by.includes('configuration') ? 'configuration' : by.find((one) => one !== undefined);
}

/** Whether the configuration enables a detection: a rule on its own must not displace others. */
export const isForced = (detection: PackDetection, target: 'splunk' | 'graylog'): boolean =>
  orderedBy(detection, target) === 'configuration';

/**
 * A number for what counts before the id, the smallest first: forced by the configuration, then
 * level; within a level forced by the rule, enabled before, status.
 */
function placeOf(detection: PackDetection, target: 'splunk' | 'graylog', wasOn: boolean): number {
  const { rule, severity } = detection;
  const by = orderedBy(detection, target);
  const status = rule.status === undefined ? statuses.length : statuses.indexOf(rule.status);
  const level = levels.length - levels.indexOf(severity);
  const within = (by === 'rule' ? 0 : 2) + (wasOn ? 0 : 1);
  return (((by === 'configuration' ? 0 : 1) * 10 + level) * 10 + within) * 10 + status;
}

export interface Placing<T> {
  readonly target: 'splunk' | 'graylog';
  readonly wasOn: ReadonlySet<string>;
  /** Runs per minute: one that runs as often as several others must not take their room. */
  readonly rate: (one: T) => number;
}

/**
 * The detections in the order in which they are considered for the budget of a target. Ids decide
 * in the end, so that the order of files does not matter.
 */
export function byPlace<T extends { readonly detection: PackDetection }>(
  all: readonly T[],
  { target, wasOn, rate }: Placing<T>,
): readonly T[] {
  const placed = all.map((one) => ({
    one,
    place: placeOf(one.detection, target, wasOn.has(one.detection.id.toLowerCase())),
    rate: rate(one),
  }));
  return placed
    .sort(
      (a, b) =>
        a.place - b.place || a.rate - b.rate || (a.one.detection.id < b.one.detection.id ? -1 : 1),
    )
    .map(({ one }) => one);
}
