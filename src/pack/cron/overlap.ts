import type { Gaps } from './gaps.ts';

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
