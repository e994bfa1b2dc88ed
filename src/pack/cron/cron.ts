import { failed, ok, type Result } from '../../source/result.ts';

/** The values of a cron expression with five fields, each sorted. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
  /** Both kinds of day are restricted: as in cron, it then runs on days of either kind. */
  readonly eitherDay: boolean;
}

const everyDay = {
  days: Array.from({ length: 31 }, (_, index) => index + 1),
  weekdays: [0, 1, 2, 3, 4, 5, 6],
  eitherDay: false,
} as const;

const fields = [
  { key: 'minutes', name: 'minute', low: 0, high: 59 },
  { key: 'hours', name: 'hour', low: 0, high: 23 },
  { key: 'days', name: 'day of month', low: 1, high: 31 },
  { key: 'months', name: 'month', low: 1, high: 12 },
  { key: 'weekdays', name: 'day of week', low: 0, high: 6 },
] as const;

export type CronField = (typeof fields)[number]['key'];

const parsedCrons = new Map<string, Result<Cron>>();
const maximumParsedCrons = 5000;

/**
 * The values of the expression, or why it is invalid. Spread schedules repeat, so each is read
 * once.
 */
export function parseCron(text: string): Result<Cron> {
  const known = parsedCrons.get(text);
  if (known !== undefined) return known;
  const cron = readCron(text);
  if (parsedCrons.size < maximumParsedCrons) parsedCrons.set(text, cron);
  return cron;
}

function readCron(text: string): Result<Cron> {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5) return failed(`has ${parts.length} fields, not 5`);
  const cron: Record<CronField, readonly number[]> = {
    minutes: [],
    hours: [],
    days: [],
    months: [],
    weekdays: [],
  };
  for (const [index, field] of fields.entries()) {
    const values = fieldValues(parts[index] ?? '', field.low, field.high);
    if (values === undefined)
      return failed(
        `${field.name} "${parts[index]}" is not made of ${field.low} to ${field.high}, ranges, ` +
          'lists and steps',
      );
    cron[field.key] = values;
  }
  const eitherDay = [parts[2], parts[4]].every((part) => !part?.startsWith('*'));
  // if one kind of day is every day, the other restricts nothing
  if (eitherDay && (cron.days.length === 31 || cron.weekdays.length === 7))
    return ok({ ...cron, ...everyDay });
  return ok({ ...cron, eitherDay });
}

function fieldValues(text: string, low: number, high: number): readonly number[] | undefined {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const [, from, to, step] = match;
    // `5/10` means different things to different readers
    if (step !== undefined && from !== undefined && to === undefined) return undefined;
    const first = from === undefined ? low : Number(from);
    const last = from === undefined ? high : Number(to ?? from);
    const by = Number(step ?? 1);
    if (first < low || last > high || first > last || by < 1) return undefined;
    for (let value = first; value <= last; value += by) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

/** Whether a date and a day of the week are those of a day with runs, in a month with runs. */
export function isRunDay(
  { days, weekdays, eitherDay }: Cron,
  date: number,
  weekday: number,
): boolean {
  const [isDay, isWeekday] = [days.includes(date), weekdays.includes(weekday)];
  return eitherDay ? isDay || isWeekday : isDay && isWeekday;
}

/** Whether it runs every day of the year. */
export const runsDaily = ({ days, months, weekdays }: Cron): boolean =>
  days.length === 31 && months.length === 12 && weekdays.length === 7;
