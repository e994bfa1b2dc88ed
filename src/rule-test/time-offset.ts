const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of `90s`, `5m`, `1h30m`; undefined for anything else. */
export function duration(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:ms|[smhd]))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, digits = '', unit = ''] of text.matchAll(/(\d+)(ms|[smhd])/g))
    sum += Number(digits) * (units[unit] ?? 0);
  return sum;
}

const isoDate = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** What relative times start from: an arbitrary day, but always the same. */
const start = Date.UTC(2026, 0, 1);

/**
 * Milliseconds since 1970 of `5m` (after a fixed start) or of an ISO 8601 date (UTC if it has no
 * zone); undefined for anything else.
 */
export function pointInTime(text: string): number | undefined {
  const offset = duration(text);
  if (offset !== undefined) return start + offset;
  if (!isoDate.test(text)) return undefined;
  const zoned = text.length === 10 || /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

/** The time of each event: one without a time is a second later than the one before. */
export function filledTimes(times: readonly (number | undefined)[]): readonly number[] {
  let last = start - 1000;
  return times.map((time) => {
    last = time ?? last + 1000;
    return last;
  });
}
