const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * Splunk's names of units, by their first letter; without months, whose length differs, and what
 * looks like them
 */
const unitName = /^(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/;

interface RelativeTime {
  /** Seconds before now. */
  readonly ago: number;
  /** The unit that it is rounded to; minutes make no difference. */
  readonly snap: string;
}

/** `-24h`, `-70m@m`, `now`; undefined if it is not a fixed number of seconds before now. */
function relativeTime(text: string): RelativeTime | undefined {
  const [, amount = '', unit = '', snap = ''] =
    /^(?:now|(?:([+-]\d+)([a-z]*))?(?:@([a-z]+))?)$/.exec(text.trim()) ?? [];
  if (text.trim() === '' || !/^(?:now|[+-]\d|@)/.test(text.trim())) return undefined;
  const known = [unit, snap].every((name) => name === '' || unitName.test(name));
  if (!known) return undefined;
  const ago = amount === '' ? 0 : -Number(amount) * (secondsOf[unit.charAt(0) || 's'] ?? 0);
  return { ago, snap: /^[sm]/.test(snap) ? '' : snap.charAt(0) };
}

/**
 * Seconds from one relative time to a later one, 0 or less if it is not later; undefined if that
 * depends on the moment, or if one of them is not a relative time.
 */
export function relativeSpan(earliest: string, latest: string): number | undefined {
  const from = relativeTime(earliest);
  const to = relativeTime(latest);
  return from && to && from.snap === to.snap ? from.ago - to.ago : undefined;
}
