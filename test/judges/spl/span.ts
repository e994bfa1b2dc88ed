import { SplError } from './text.ts';

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:s|sec|secs|second|seconds)?$/, 1],
  [/^(?:m|min|mins|minute|minutes)$/, 60],
  [/^(?:h|hr|hrs|hour|hours)$/, 3600],
  [/^(?:d|day|days)$/, 86_400],
  [/^(?:w|week|weeks)$/, 604_800],
];

/** Seconds of a span such as `90`, `15m`, `1d`. Months have no fixed length and are refused. */
export function secondsOf(span: string): number {
  const [, digits, unit] = /^(\d+)([a-z]*)$/.exec(span) ?? [];
  const seconds = UNITS.find(([names]) => unit !== undefined && names.test(unit))?.[1];
  const count = Number(digits);
  if (seconds === undefined || count === 0)
    throw new SplError(`Not a time span that this reader knows: ${span}`);
  return count * seconds;
}

/**
 * The start of the bucket that a time (epoch seconds) falls in; `Nmon` buckets start with the
 * month.
 */
export function bucketStart(span: string): (time: number) => number {
  const months = /^(\d*)(?:mon|month|months)$/.exec(span)?.[1];
  if (months === undefined) {
    const seconds = secondsOf(span);
    return (time) => Math.floor(time / seconds) * seconds;
  }
  const size = Number(months || 1);
  return (time) => {
    const date = new Date(time * 1000);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
    return Date.UTC(0, Math.floor(month / size) * size) / 1000;
  };
}
