const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * A duration such as `15m`, `1h`, `90s`, `1d` or a number of seconds, in seconds; undefined for
 * anything else.
 */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined;
  const parts = typeof value === 'string' ? /^(\d{1,9})([smhd])$/.exec(value) : null;
  return parts ? Number(parts[1]) * (secondsOf[parts[2] ?? ''] ?? 0) : undefined;
}
