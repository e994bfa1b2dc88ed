import { type Cron, isRunDay, parseCron, runsDaily } from './cron.ts';

const runsByCron = new WeakMap<Cron, readonly number[]>();

/** The minutes of a day on which it runs, in order. Empty for an invalid expression. */
export function cronRuns(cron: string): readonly number[] {
  const parsed = parseCron(cron);
  if (!parsed.ok) return [];
  const { hours, minutes } = parsed.value;
  const known = runsByCron.get(parsed.value);
  if (known) return known;
  const runs = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  runsByCron.set(parsed.value, runs);
  return runs;
}

/** Each date of a leap year on each day of the week. */
export const kindsOfDay = 366 * 7;
const firstOfLeapYear = Date.UTC(2024, 0, 1);

const daysByCron = new WeakMap<Cron, Uint16Array>();

/**
 * The kinds of day on which it runs, as numbers below {@link kindsOfDay}; undefined if it runs
 * every day or is invalid.
 */
export function cronDays(cron: string): Uint16Array | undefined {
  const parsed = parseCron(cron);
  if (!parsed.ok || runsDaily(parsed.value)) return undefined;
  const known = daysByCron.get(parsed.value) ?? Uint16Array.from(kindsWithRuns(parsed.value));
  daysByCron.set(parsed.value, known);
  return known;
}

function* kindsWithRuns(cron: Cron): Generator<number> {
  for (let day = 0; day < 366; day++) {
    const date = new Date(firstOfLeapYear + day * 86_400_000);
    if (!cron.months.includes(date.getUTCMonth() + 1)) continue;
    for (let weekday = 0; weekday < 7; weekday++)
      if (isRunDay(cron, date.getUTCDate(), weekday)) yield day * 7 + weekday;
  }
}
