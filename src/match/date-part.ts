import type { TimePart } from '../query/tree.ts';

const dayLength = 86_400_000;

/**
 * A part of an ISO 8601 date as written, without conversion of the time zone; undefined if the text
 * is not a date or lacks the part.
 */
export function datePart(part: TimePart, text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute] = match
    .slice(1)
    .map((digits) => (digits === undefined ? undefined : Number(digits)));
  switch (part) {
    case 'year':
      return year;
    case 'month':
      return month;
    case 'day':
      return day;
    case 'hour':
      return hour;
    case 'minute':
      return minute;
    case 'week':
      return isoWeek(Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1));
  }
}

/** ISO 8601: weeks start on Monday, and the first one has the first Thursday of the year. */
function isoWeek(time: number): number {
  const thursday = time + (3 - ((new Date(time).getUTCDay() + 6) % 7)) * dayLength;
  const firstOfJanuary = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday - firstOfJanuary) / (7 * dayLength));
}
