import type { Level } from '../../sigma/rule/rule.ts';
import { cronGaps } from '../cron/gaps.ts';
import { spanText } from '../cron/overlap.ts';
import type { PackDetection } from '../model/detection.ts';
import { confValue } from '../render/conf-text.ts';
import type { DetectionSettings } from '../settings/settings.ts';
import { isTrue } from '../settings/splunk-boolean.ts';
import { nobodyColumn } from './nobody.ts';
import { chosenCron, splunkSchedule } from './schedule.ts';

// Splunk: 1 debug, 2 info, 3 warn, 4 error, 5 severe, 6 fatal
const alertSeverity: Readonly<Record<Level, string>> = {
  informational: '2',
  low: '3',
  medium: '4',
  high: '5',
  critical: '6',
};

export function addAlert(settings: Map<string, string>, detection: PackDetection): void {
  const { severity, settings: own } = detection;
  settings.set('counttype', 'number of events');
  settings.set('relation', 'greater than');
  settings.set('quantity', String(own.threshold - 1));
  settings.set('alert.severity', alertSeverity[severity]);
  // also shown under Triggered Alerts without Enterprise Security
  settings.set('alert.track', '1');
  const suppress = ownSuppression(detection);
  const fields = suppress?.fields ?? [];
  // throttling by field values only works on single results
  const isThrottled =
    fields.length > 0 || (own.splunk.savedsearch['alert.suppress.fields'] ?? '').trim() !== '';
  settings.set('alert.digest_mode', isThrottled ? '0' : '1');
  settings.set('alert.suppress', suppress === undefined ? '0' : '1');
  if (suppress === undefined) return;
  const throttled = detection.nobody ? [...fields, nobodyColumn] : fields;
  if (fields.length > 0)
    settings.set('alert.suppress.fields', confValue(throttled.map(listedField).join(',')));
  settings.set('alert.suppress.period', spanText(suppress.period));
}

/** What is throttled without an override; undefined if nothing is. */
export function ownSuppression(detection: PackDetection): DetectionSettings['suppress'] {
  const { suppress, splunk } = detection.settings;
  const { overlaps } = splunkSchedule(detection);
  const isOverlap = overlaps && suppress?.usual === true;
  const chosen = isOverlap ? overlapSuppression(detection, suppress.period) : suppress;
  if (chosen === undefined || chosen.period === 0) return undefined;
  const digest = splunk.savedsearch['alert.digest_mode'];
  // a default must not silence everything after one alert for all results
  const forAll = digest !== undefined && isTrue(digest) && chosen.fields.length > 0;
  return forAll && suppress?.usual && !isOverlap ? undefined : chosen;
}

/** Two runs of a correlation that see the same alert once, by its group. */
function overlapSuppression(
  { rule, group, settings, lookBack = 0 }: PackDetection,
  least: number,
): NonNullable<DetectionSettings['suppress']> {
  const period = Math.max(
    least,
    settings.window ?? 0,
    (cronGaps(chosenCron(settings) ?? '')?.longest ?? settings.interval) + lookBack,
  );
  return { fields: group ?? (rule.kind === 'correlation' ? rule.groupBy : []), period };
}

export const listedField = (name: string): string =>
  /^[\w.:{}@-]+$/.test(name) ? name : `"${name.replaceAll('"', '')}"`;
