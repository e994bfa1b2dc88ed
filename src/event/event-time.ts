import type { Event } from '../match/event.ts';
import { asRecord } from './field.ts';

const fields = [
  '@timestamp',
  'TimeCreated_SystemTime',
  '_time',
  'timestamp',
  'eventTime',
  'UtcTime',
  'time',
  'ts',
] as const;

/**
 * The time of an event, from the first of the usual fields that has one: `@timestamp`,
 * `TimeCreated_SystemTime`, `_time`, `timestamp`, `eventTime`, `UtcTime`, `time`, `ts`.
 *
 * @param event - An event of any product.
 * @returns Milliseconds since 1970, where a time without a zone is in UTC; undefined where no field
 *   has a time, or not one moment.
 * @example
 * import { eventTime } from 'sigpack';
 *
 * eventTime({ UtcTime: '1970-01-01 00:00:01.500' }); // => 1500
 * eventTime({ EventID: 1 }); // => undefined
 */
export function eventTime(event: Event): number | undefined {
  for (const name of fields) {
    const time = Object.hasOwn(event, name) ? timeOf(event[name]) : undefined;
    if (time !== undefined) return time;
  }
  const created = asRecord(
    asRecord(asRecord(asRecord(event.Event).System).TimeCreated)['#attributes'],
  ).SystemTime;
  return timeOf(created) ?? timeOf(/^audit\((\d+(?:\.\d+)?):/.exec(firstText(event.msg))?.[1]);
}

const firstText = (value: unknown): string =>
  String((Array.isArray(value) ? value[0] : value) ?? '');

const isoDay = /(\d{4})-(\d\d)-(\d\d)/.source;
const isoClock = /(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?/.source;
const isoZone = /(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?/.source;
const iso = new RegExp(`^${isoDay}[T ]${isoClock} ?${isoZone}$`, 'i');
const american =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([AP])M)?$/;

function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return fromNumber(Number(text));
  const match = iso.exec(text);
  if (match !== null) return isoTime(match);
  const [, month, day, year, hour = '', minute, second, fraction, half] = american.exec(text) ?? [];
  if (year === undefined) return undefined;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  return moment([year, month, day, String(hours), minute, second], fraction, 0);
}

/** Seconds, milliseconds, microseconds or nanoseconds, by size: each covers 1973 to 5138. */
function fromNumber(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 1e8) return undefined;
  if (value < 1e11) return Math.round(value * 1e6) / 1e3;
  return value < 1e14 ? value : Math.round(value / (value < 1e17 ? 1e3 : 1e6));
}

function isoTime(match: RegExpExecArray): number | undefined {
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = match;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  return moment([year, month, day, hour, minute, second], fraction, offset);
}

/** `offset`: minutes ahead of UTC. */
function moment(
  parts: readonly (string | undefined)[],
  fraction: string | undefined,
  offset: number,
): number | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? '0'),
  );
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return undefined;
  const milliseconds = Number(`${fraction ?? ''}000`.slice(0, 3));
  return Date.UTC(year, month - 1, day, hour, minute - offset, second, milliseconds);
}
