/**
 * Runs that take longer are late or skipped. Above ten minutes the bound is left out: no search of
 * a pack takes that long.
 */
export function fitText(who: string, slots: number, mean: number, what: string): string {
  const seconds = mean === 0 ? Number.POSITIVE_INFINITY : Math.floor((slots * 600) / mean) / 10;
  return (
    `${who} runs ${slots} ${what} at one time` +
    `${seconds < 600 ? `: each may take ${seconds} s` : ''}.`
  );
}
