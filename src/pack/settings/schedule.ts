/** Seconds. AppInspect allows 12 runs an hour. */
export const minimumSplunkInterval = 300;

/**
 * Minutes between runs that a cron expression can express with equal gaps, also across the hour or
 * the day.
 */
const periods = [5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];

/** Search window in Splunk's relative time, such as `-70m@m` and `-10m@m`. */
export interface SearchWindow {
  readonly earliest: string;
  readonly latest: string;
}

/**
 * Seconds between the runs of `spreadCron`: the interval, or the next shorter one that cron can
 * express, so that there are no gaps.
 */
export function cronPeriod(intervalSeconds: number): number {
  if (!(intervalSeconds >= minimumSplunkInterval))
    throw new RangeError(`interval of ${intervalSeconds} s is under ${minimumSplunkInterval} s`);
  return (periods.findLast((minutes) => minutes * 60 <= intervalSeconds) ?? 5) * 60;
}

/**
 * A cron expression whose minute (and hour, for intervals of hours) depends only on the id of the
 * rule: rules are spread out and keep their minute.
 */
export function spreadCron(id: string, intervalSeconds: number): string {
  const period = cronPeriod(intervalSeconds) / 60;
  const hash = hashOf(id);
  if (period <= 60) return `${every(hash % period, period, 60)} * * * *`;
  const hours = period / 60;
  return `${hash % 60} ${every(Math.floor(hash / 60) % hours, hours, 24)} * * *`;
}

// Splunk's documentation writes lists (03,23,43), and so does this: `3-59/20` is not documented
function every(first: number, step: number, end: number): string {
  const key = (end * maximumStep + step) * maximumStep + first;
  const known = lists.get(key);
  if (known !== undefined) return known;
  const values: number[] = [];
  for (let value = first; value < end; value += step) values.push(value);
  const list = values.join(',');
  lists.set(key, list);
  return list;
}

// a few hundred at most: minutes of an hour and hours of a day
const lists = new Map<number, string>();
const maximumStep = 61;

/** FNV-1a with a final mix, 32 bits, unsigned. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The window of a search run by `spreadCron`: it ends `delaySeconds` ago and is at least one period
 * long, so successive windows meet.
 */
export function searchWindow(
  intervalSeconds: number,
  delaySeconds: number,
  windowSeconds = 0,
): SearchWindow {
  return windowOver(cronPeriod(intervalSeconds), delaySeconds, windowSeconds);
}

/** The same for a search that runs every `periodSeconds` or more often. */
export function windowOver(
  periodSeconds: number,
  delaySeconds: number,
  windowSeconds = 0,
): SearchWindow {
  const delay = Math.ceil(delaySeconds / 60);
  const length = Math.ceil(Math.max(periodSeconds, windowSeconds) / 60);
  // both ends are snapped to the minute: a run that starts some seconds late searches the same
  // events
  return { earliest: `-${delay + length}m@m`, latest: delay === 0 ? '@m' : `-${delay}m@m` };
}

interface Cron {
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

const parsedCrons = new Map<string, Cron | string>();
const maximumParsedCrons = 5000;

/**
 * The values of the expression, or why it is invalid. Spread schedules repeat, so each is read
 * once.
 */
function parseCron(text: string): Cron | string {
  const known = parsedCrons.get(text);
  if (known !== undefined) return known;
  const cron = readCron(text);
  if (parsedCrons.size < maximumParsedCrons) parsedCrons.set(text, cron);
  return cron;
}

function readCron(text: string): Cron | string {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5) return `has ${parts.length} fields, not 5`;
  const cron: Record<(typeof fields)[number]['key'], readonly number[]> = {
    minutes: [],
    hours: [],
    days: [],
    months: [],
    weekdays: [],
  };
  for (const [index, field] of fields.entries()) {
    const values = fieldValues(parts[index] ?? '', field.low, field.high);
    if (values === undefined)
      return (
        `${field.name} "${parts[index]}" is not made of ${field.low} to ${field.high}, ranges, ` +
        'lists and steps'
      );
    cron[field.key] = values;
  }
  const eitherDay = [parts[2], parts[4]].every((part) => !part?.startsWith('*'));
  // if one kind of day is every day, the other restricts nothing
  if (eitherDay && (cron.days.length === 31 || cron.weekdays.length === 7))
    return { ...cron, ...everyDay };
  return { ...cron, eitherDay };
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

/**
 * Why Splunk can't take a cron expression: its form, its ranges, or more than 12 runs an hour;
 * undefined if it is valid.
 */
export function cronError(cron: string): string | undefined {
  const parsed = parseCron(cron);
  if (typeof parsed === 'string') return parsed;
  return parsed.minutes.length > 12
    ? `runs ${parsed.minutes.length} times an hour; 12 are allowed`
    : undefined;
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

/**
 * Seconds of the longest gap between two runs; undefined for an invalid expression or one that
 * never runs.
 */
export const cronGap = (cron: string): number | undefined => cronGaps(cron)?.longest;

/**
 * Reports that a run sees events of the run before it, and acts on them again once a suppression of
 * `period` seconds is over.
 */
export function overlapError(
  lookBack: number,
  { shortest, longest }: Gaps,
  period: number,
  does = 'look back',
): string | undefined {
  if (lookBack <= shortest || period >= lookBack) return undefined;
  const every =
    shortest === longest ? spanText(shortest) : `${spanText(shortest)} to ${spanText(longest)}`;
  const again =
    period > 0
      ? `an event may alert again after ${spanText(period)}`
      : `an event may alert ${Math.ceil(lookBack / shortest)} times`;
  return `runs come every ${every} and ${does} ${spanText(lookBack)}: ${again}`;
}

/** As settings write it. */
export function spanText(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

export interface Gaps {
  readonly shortest: number;
  readonly longest: number;
}

/**
 * Seconds of the shortest and the longest gap between two runs; undefined as for {@link cronGap}.
 */
export function cronGaps(cron: string): Gaps | undefined {
  const parsed = parseCron(cron);
  if (typeof parsed === 'string') return undefined;
  const runs = cronRuns(cron);
  const overNight = (runs[0] ?? 0) - (runs.at(-1) ?? 0);
  const days = dayGaps(parsed);
  if (days === undefined) return undefined;
  const within = runs.slice(1).map((run, index) => run - (runs[index] ?? run));
  const gaps = [...within, days.shortest * 1440 + overNight, days.longest * 1440 + overNight];
  return { shortest: Math.min(...gaps) * 60, longest: Math.max(...gaps) * 60 };
}

/** The gaps between days with runs, over four years and some days: 29 February occurs twice. */
function dayGaps(cron: Cron): Gaps | undefined {
  if (cron.days.length === 31 && cron.months.length === 12 && cron.weekdays.length === 7)
    return { shortest: 1, longest: 1 };
  let longest = 0;
  let shortest = Number.POSITIVE_INFINITY;
  let previous: number | undefined;
  const start = Date.UTC(2024, 0, 1);
  for (let day = 0; day < 1600; day++) {
    const date = new Date(start + day * 86_400_000);
    if (!cron.months.includes(date.getUTCMonth() + 1) || !isRunDay(cron, date)) continue;
    if (previous !== undefined) {
      longest = Math.max(longest, day - previous);
      shortest = Math.min(shortest, day - previous);
    }
    previous = day;
  }
  return longest === 0 ? undefined : { shortest, longest };
}

function isRunDay({ days, weekdays, eitherDay }: Cron, date: Date): boolean {
  const [day, weekday] = [days.includes(date.getUTCDate()), weekdays.includes(date.getUTCDay())];
  return eitherDay ? day || weekday : day && weekday;
}

/**
 * The expression in Quartz's syntax, which Graylog and Watcher read; undefined if it restricts both
 * kinds of day, which Quartz can't, or is invalid.
 */
export function quartzCron(cron: string): string | undefined {
  const parsed = parseCron(cron);
  if (typeof parsed === 'string') return undefined;
  const text = (key: (typeof fields)[number]['key'], all: number, shift = 0): string =>
    parsed[key].length === all ? '*' : parsed[key].map((value) => value + shift).join(',');
  const [days, weekdays] = [text('days', 31), text('weekdays', 7, 1)];
  if (days !== '*' && weekdays !== '*') return undefined;
  return (
    `0 ${text('minutes', 60)} ${text('hours', 24)} ${weekdays === '*' ? days : '?'} ` +
    `${text('months', 12)} ${weekdays === '*' ? '?' : weekdays}`
  );
}

/**
 * Runs in each of the 60 minutes of an average hour of a day with runs. Empty for an invalid
 * expression.
 */
export function cronMinutes(cron: string): number[] {
  const parsed = parseCron(cron);
  if (typeof parsed === 'string') return [];
  const counts = new Array<number>(60).fill(0);
  for (const minute of parsed.minutes) counts[minute] = parsed.hours.length / 24;
  return counts;
}

const runsByCron = new WeakMap<Cron, readonly number[]>();

/** The minutes of a day on which it runs, in order. Empty for an invalid expression. */
export function cronRuns(cron: string): readonly number[] {
  const parsed = parseCron(cron);
  if (typeof parsed === 'string') return [];
  const known = runsByCron.get(parsed);
  if (known) return known;
  const runs = parsed.hours.flatMap((hour) => parsed.minutes.map((minute) => hour * 60 + minute));
  runsByCron.set(parsed, runs);
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
  if (typeof parsed === 'string') return undefined;
  const { days, months, weekdays } = parsed;
  if (days.length === 31 && months.length === 12 && weekdays.length === 7) return undefined;
  const known = daysByCron.get(parsed) ?? Uint16Array.from(kindsWithRuns(parsed));
  daysByCron.set(parsed, known);
  return known;
}

function* kindsWithRuns({ days, months, weekdays, eitherDay }: Cron): Generator<number> {
  for (let day = 0; day < 366; day++) {
    const date = new Date(firstOfLeapYear + day * 86_400_000);
    if (!months.includes(date.getUTCMonth() + 1)) continue;
    const isDay = days.includes(date.getUTCDate());
    for (let weekday = 0; weekday < 7; weekday++) {
      const isWeekday = weekdays.includes(weekday);
      if (eitherDay ? isDay || isWeekday : isDay && isWeekday) yield day * 7 + weekday;
    }
  }
}
