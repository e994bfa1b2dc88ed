import { SplError } from './text.ts';

/**
 * strftime and strptime in UTC, the subset of Splunk's time variables that detections use. Times
 * are epoch seconds.
 */
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const VARIABLE = /%(?:[369]?[QN]|[A-Za-z%])/g;

const pad = (value: number, width = 2, fill = '0') => String(value).padStart(width, fill);

export function formatTime(seconds: number, format: string): string {
  const date = new Date(Math.round(seconds * 1000));
  return expand(format).replace(VARIABLE, (variable) =>
    formatOne(variable.slice(1), date, seconds),
  );
}

function expand(format: string): string {
  return format.replace(/%T/g, '%H:%M:%S').replace(/%F/g, '%Y-%m-%d');
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** ISO 8601 week: week 1 holds the year's first Thursday. */
function isoWeek(date: Date): number {
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  return Math.ceil(dayOfYear(thursday) / 7);
}

const WRITERS: Readonly<Record<string, (date: Date, seconds: number) => string>> = {
  Y: (date) => pad(date.getUTCFullYear(), 4),
  y: (date) => pad(date.getUTCFullYear() % 100),
  m: (date) => pad(date.getUTCMonth() + 1),
  b: (date) => MONTHS[date.getUTCMonth()] ?? '',
  d: (date) => pad(date.getUTCDate()),
  e: (date) => pad(date.getUTCDate(), 2, ' '),
  j: (date) => pad(dayOfYear(date), 3),
  H: (date) => pad(date.getUTCHours()),
  I: (date) => pad(date.getUTCHours() % 12 || 12),
  M: (date) => pad(date.getUTCMinutes()),
  S: (date) => pad(date.getUTCSeconds()),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  a: (date) => DAYS[date.getUTCDay()] ?? '',
  w: (date) => String(date.getUTCDay()),
  u: (date) => String(date.getUTCDay() || 7),
  V: (date) => pad(isoWeek(date)),
  U: (date) => pad(Math.floor((dayOfYear(date) + 6 - date.getUTCDay()) / 7)),
  s: (_, seconds) => String(Math.floor(seconds)),
  z: () => '+0000',
  Z: () => 'UTC',
  '%': () => '%',
};

function formatOne(variable: string, date: Date, seconds: number): string {
  const digits = /^([369]?)[QN]$/.exec(variable);
  if (digits) {
    const width = Number(digits[1] || (variable.endsWith('Q') ? 3 : 9));
    return pad(Math.floor((seconds - Math.floor(seconds)) * 10 ** width + 1e-3), width);
  }
  const write = WRITERS[variable];
  if (!write) throw new SplError(`Time variable %${variable} is not known to this reader`);
  return write(date, seconds);
}

const READERS: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  b: `(?<b>${MONTHS.join('|')})`,
  Q: '(?<Q>\\d{1,9})',
  N: '(?<Q>\\d{1,9})',
  Z: '(?<Z>Z|UTC|GMT|[-+]\\d{2}:?\\d{2})',
  z: '(?<Z>Z|[-+]\\d{2}:?\\d{2})',
  '%': '%',
};

/** Null where the text does not start as the format says; what follows in the text is ignored. */
export function parseTime(text: string, format: string): number | null {
  const pattern = expand(format)
    .split(/(%(?:[369]?[QN]|[A-Za-z%]))/)
    .map((part) =>
      part.startsWith('%')
        ? reader(part)
        : part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+'),
    )
    .join('');
  const found = new RegExp(`^\\s*${pattern}`, 'i').exec(text)?.groups;
  if (!found) return null;
  const month =
    found.b === undefined
      ? Number(found.m ?? 1) - 1
      : MONTHS.findIndex((name) => name.toLowerCase() === found.b?.toLowerCase());
  const [day, hour, minute, second] = ['d', 'H', 'M', 'S'].map((key) =>
    Number(found[key] ?? (key === 'd' ? 1 : 0)),
  );
  if (month > 11 || (day ?? 0) > 31 || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 60)
    return null;
  const whole = Date.UTC(Number(found.Y ?? 1970), month, day, hour, minute, second) / 1000;
  return whole + Number(`0.${found.Q ?? '0'}`) - offset(found.Z);
}

function reader(variable: string): string {
  const pattern = READERS[variable.charAt(variable.length - 1)];
  if (pattern === undefined)
    throw new SplError(`Time variable ${variable} is not known to this reader`);
  return pattern;
}

function offset(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([-+])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  return sign === undefined
    ? 0
    : (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
