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
  let period = minimumSplunkInterval;
  // asked a dozen times per detection: no function per period
  for (const minutes of periods) if (minutes * 60 <= intervalSeconds) period = minutes * 60;
  return period;
}

/**
 * A cron expression whose minute (and hour, for intervals of hours) depends only on the id of the
 * rule: rules are spread out and keep their minute.
 */
export const spreadCron = (id: string, intervalSeconds: number): string =>
  cronAt(spreadMinute(id, intervalSeconds), intervalSeconds);

/** The minute of the period that `spreadCron` gives an id. */
export const spreadMinute = (id: string, intervalSeconds: number): number =>
  hashOf(id) % (cronPeriod(intervalSeconds) / 60);

/** The cron expression of runs that start at a minute of the period. */
export function cronAt(minute: number, intervalSeconds: number): string {
  const period = cronPeriod(intervalSeconds) / 60;
  if (period <= 60) return `${every(minute, period, 60)} * * * *`;
  return `${minute % 60} ${every(Math.floor(minute / 60), period / 60, 24)} * * *`;
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
