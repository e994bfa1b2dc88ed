import { levels, type Status } from '../sigma/rule.ts';
import type { PackDetection } from './detection.ts';

/** Statuses from the one that is trusted most; a rule without one comes last. */
const statuses: readonly Status[] = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];

/** True for a detection that the configuration or the rule itself switches on, whatever its level and status. */
export const isForced = ({ settings: { enabled, given, splunk } }: PackDetection, target: 'splunk' | 'graylog'): boolean =>
  (enabled && given?.enabled === true) || (target === 'splunk' && splunk.savedsearch.disabled !== undefined);

/** One number for what counts before the id, the smallest first: what is forced on, then level; within a level what was on before, then status. */
function placeOf(detection: PackDetection, target: 'splunk' | 'graylog', wasOn: boolean): number {
  const { rule, severity } = detection;
  const status = rule.status === undefined ? statuses.length : statuses.indexOf(rule.status);
  const level = levels.length - levels.indexOf(severity);
  return (((isForced(detection, target) ? 0 : 1) * 10 + level) * 10 + (wasOn ? 0 : 1)) * 10 + status;
}

/** Detections in the order in which they get their room in the budget of a target; by id in the end, so that no order of files matters. */
export function byPlace<T extends { readonly detection: PackDetection }>(
  all: readonly T[],
  target: 'splunk' | 'graylog',
  wasOn: ReadonlySet<string>,
): readonly T[] {
  const placed = all.map((one) => ({ one, place: placeOf(one.detection, target, wasOn.has(one.detection.id.toLowerCase())) }));
  return placed.sort((a, b) => a.place - b.place || (a.one.detection.id < b.one.detection.id ? -1 : 1)).map(({ one }) => one);
}
