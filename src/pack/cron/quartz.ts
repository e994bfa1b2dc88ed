import { type CronField, parseCron } from './cron.ts';

/**
 * The expression in Quartz's syntax, which Graylog and Watcher read; undefined if it restricts both
 * kinds of day, which Quartz can't, or is invalid.
 */
export function quartzCron(cron: string): string | undefined {
  const parsed = parseCron(cron);
  if (!parsed.ok) return undefined;
  const values = parsed.value;
  const text = (key: CronField, all: number, shift = 0): string =>
    values[key].length === all ? '*' : values[key].map((value) => value + shift).join(',');
  const [days, weekdays] = [text('days', 31), text('weekdays', 7, 1)];
  if (days !== '*' && weekdays !== '*') return undefined;
  return (
    `0 ${text('minutes', 60)} ${text('hours', 24)} ${weekdays === '*' ? days : '?'} ` +
    `${text('months', 12)} ${weekdays === '*' ? '?' : weekdays}`
  );
}
