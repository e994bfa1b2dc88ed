import { confProblem } from '../render/splunk-conf.ts';
import { cronGapProblem, cronProblem } from './schedule.ts';

/**
 * What is wrong with the value of a key of savedsearches.conf, whoever sets it: no conf file holds
 * it, or no search runs by it.
 */
export function savedSearchValueProblem(key: string, value: string): string | undefined {
  const problem = confProblem(value);
  if (problem !== undefined || key !== 'cron_schedule') return problem;
  return cronProblem(value) ?? cronGapProblem(value);
}
