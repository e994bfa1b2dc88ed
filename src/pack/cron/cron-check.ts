import { parseCron } from './cron.ts';
import { cronGap } from './gaps.ts';

/**
 * Why Splunk can't take a cron expression: its form, its ranges, or more than 12 runs an hour;
 * undefined if it is valid.
 */
export function cronError(cron: string): string | undefined {
  const parsed = parseCron(cron);
  if (!parsed.ok) return parsed.error;
  const { length } = parsed.value.minutes;
  return length > 12 ? `runs ${length} times an hour; 12 are allowed` : undefined;
}

/**
 * A run looks back over the longest gap. At most a month, which is a day longer than the longest
 * `window`.
 */
const longestGap = 31 * 86_400;

/**
 * Why the runs of a valid expression are not usable: it never runs, or they are too far apart;
 * undefined if they are.
 */
export function cronGapError(cron: string): string | undefined {
  const gap = cronGap(cron);
  if (gap === undefined) return `never runs: ${cron}`;
  return gap <= longestGap
    ? undefined
    : `has runs ${Math.ceil(gap / 86_400)} days apart, over which a run would have to look ` +
        'back; 31 are allowed';
}
