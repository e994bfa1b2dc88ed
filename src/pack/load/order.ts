import { levels, type Status } from '../../sigma/rule/rule.ts';
import type { PackDetection } from '../model/detection.ts';
import type { OrderedBy } from '../settings/settings.ts';

/** Statuses from the one that is trusted most; a rule without one comes last. */
const statuses: readonly Status[] = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/**
 * Who switches a detection on, whatever its status says: settings of savedsearches.conf are for
 * Splunk alone.
 */
function orderedBy(
  { settings: { ordered = {} } }: PackDetection,
  target: 'splunk' | 'graylog',
): OrderedBy | undefined {
  const by = target === 'splunk' ? [ordered.savedsearch, ordered.enabled] : [ordered.enabled];
  return by.includes('configuration') ? 'configuration' : by.find((one) => one !== undefined);
}

/**
 * True for a detection that the configuration switches on: a rule alone can't take the places of
 * others.
 */
export const isForced = (detection: PackDetection, target: 'splunk' | 'graylog'): boolean =>
  orderedBy(detection, target) === 'configuration';

/**
 * One number for what counts before the id, the smallest first: what is forced on, then level;
 * within a level what a rule switches on, what was on before, status.
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
  /** Runs a minute: one that runs as often as several others does not take their room. */
  readonly rate: (one: T) => number;
}

/**
 * Detections in the order in which they get their room in the budget of a target; by id in the end,
 * so that no order of files matters.
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
