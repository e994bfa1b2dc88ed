import { confError } from '../render/conf-text.ts';
import { cronError, cronGapError } from './schedule.ts';

/**
 * What is wrong with the value of a key of savedsearches.conf, whoever sets it: no conf file holds
 * it, or no search runs by it.
 */
export function savedSearchValueError(key: string, value: string): string | undefined {
  const reason = confError(value);
  if (reason !== undefined || key !== 'cron_schedule') return reason;
  return cronError(value) ?? cronGapError(value);
}
