import { cronError, cronGapError } from '../cron/cron-check.ts';
import { confError } from '../render/conf-text.ts';

/**
 * Why no conf file can hold the value of a key of savedsearches.conf, or no search can run with it;
 * undefined if it is valid.
 */
export function savedSearchValueError(key: string, value: string): string | undefined {
  const reason = confError(value);
  if (reason !== undefined || key !== 'cron_schedule') return reason;
  return cronError(value) ?? cronGapError(value);
}
