import type { Level } from '../sigma/rule.ts';
import type { PackDetection } from './detection.ts';
import { cronGaps, spanText } from './schedule.ts';
import type { DetectionSettings } from './settings.ts';
import { confValue } from './splunk-conf.ts';
import { nobodyColumn } from './splunk-nobody.ts';
import type { SplunkSchedule } from './splunk-schedule.ts';

// Splunk: 1 debug, 2 info, 3 warn, 4 error, 5 severe, 6 fatal
const alertSeverity: Readonly<Record<Level, string>> = { informational: '2', low: '3', medium: '4', high: '5', critical: '6' };

export function addAlert(settings: Map<string, string>, detection: PackDetection, { overlaps }: SplunkSchedule): void {
  const { severity, settings: own } = detection;
  settings.set('counttype', 'number of events');
  settings.set('relation', 'greater than');
  settings.set('quantity', String(own.threshold - 1));
  settings.set('alert.severity', alertSeverity[severity]);
  // seen under Triggered Alerts also where there is no Enterprise Security
  settings.set('alert.track', '1');
  const chosen = overlaps && own.suppress?.usual ? overlapSuppression(detection, own.suppress.period) : own.suppress;
  const suppress = chosen !== undefined && chosen.period > 0 ? chosen : undefined;
  const fields = suppress?.fields ?? [];
  // throttling by field values works on single results only
  settings.set('alert.digest_mode', fields.length > 0 ? '0' : '1');
  settings.set('alert.suppress', suppress === undefined ? '0' : '1');
  if (suppress === undefined) return;
  const throttled = detection.nobody ? [...fields, nobodyColumn] : fields;
  if (fields.length > 0) settings.set('alert.suppress.fields', confValue(throttled.map(listedField).join(',')));
  settings.set('alert.suppress.period', spanText(suppress.period));
}

/** What two runs of a correlation see is alerted once, by its group. */
function overlapSuppression({ rule, group, settings, lookBack = 0 }: PackDetection, least: number): NonNullable<DetectionSettings['suppress']> {
  const period = Math.max(least, settings.window ?? 0, (cronGaps(settings.cron ?? '')?.longest ?? settings.interval) + lookBack);
  return { fields: group ?? (rule.kind === 'correlation' ? rule.groupBy : []), period };
}

export const listedField = (name: string): string => (/^[\w.:{}@-]+$/.test(name) ? name : `"${name.replaceAll('"', '')}"`);
