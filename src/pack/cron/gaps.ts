import { type Cron, isRunDay, parseCron, runsDaily } from './cron.ts';
import { cronRuns } from './runs.ts';

export interface Gaps {
  readonly shortest: number;
  readonly longest: number;
}

/**
 * Seconds of the longest gap between two runs; undefined for an invalid expression or one that
 * never runs.
 */
export const cronGap = (cron: string): number | undefined => cronGaps(cron)?.longest;

/**
 * Seconds of the shortest and the longest gap between two runs; undefined as for {@link cronGap}.
 */
export function cronGaps(cron: string): Gaps | undefined {
  const parsed = parseCron(cron);
  if (!parsed.ok) return undefined;
  const runs = cronRuns(cron);
  const overNight = (runs[0] ?? 0) - (runs.at(-1) ?? 0);
  const days = dayGaps(parsed.value);
  if (days === undefined) return undefined;
  const within = runs.slice(1).map((run, index) => run - (runs[index] ?? run));
  const gaps = [...within, days.shortest * 1440 + overNight, days.longest * 1440 + overNight];
  return { shortest: Math.min(...gaps) * 60, longest: Math.max(...gaps) * 60 };
}

/** The gaps between days with runs, over four years and some days: 29 February occurs twice. */
function dayGaps(cron: Cron): Gaps | undefined {
  if (runsDaily(cron)) return { shortest: 1, longest: 1 };
  let longest = 0;
  let shortest = Number.POSITIVE_INFINITY;
  let previous: number | undefined;
  const start = Date.UTC(2024, 0, 1);
  for (let day = 0; day < 1600; day++) {
    const date = new Date(start + day * 86_400_000);
    if (!cron.months.includes(date.getUTCMonth() + 1)) continue;
    if (!isRunDay(cron, date.getUTCDate(), date.getUTCDay())) continue;
    if (previous !== undefined) {
      longest = Math.max(longest, day - previous);
      shortest = Math.min(shortest, day - previous);
    }
    previous = day;
  }
  return longest === 0 ? undefined : { shortest, longest };
}
