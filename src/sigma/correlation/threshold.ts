import type { CorrelationRule, Threshold } from './correlation.ts';

function passes(found: number, { operator, value }: Threshold): boolean {
  switch (operator) {
    case 'gt':
      return found > value;
    case 'gte':
      return found >= value;
    case 'lt':
      return found < value;
    case 'lte':
      return found <= value;
    case 'eq':
      return found === value;
    case 'neq':
      return found !== value;
  }
}

export const passesAll = (found: number, thresholds: readonly Threshold[]): boolean =>
  thresholds.every((threshold) => passes(found, threshold));

/** True for `gt` and `gte` only: what is true of some events is true of more. */
const isLowerBound = (thresholds: readonly Threshold[]): boolean =>
  thresholds.every(({ operator }) => operator === 'gt' || operator === 'gte');

/**
 * True if what is true of some events is also true of more, so that windows may overlap. Averages
 * and percentiles can fall again.
 */
export const holdsOfMore = ({ type, thresholds }: CorrelationRule): boolean =>
  isLowerBound(thresholds) && type !== 'value_avg' && type !== 'value_percentile';

/** True if a window counts in whole numbers: events, values or rules. */
const counts = ({ type }: CorrelationRule): boolean =>
  type === 'event_count' || type === 'value_count' || type === 'temporal';

/**
 * True if the condition can only become true as a window fills, so that a part of the window is
 * enough.
 */
export const growsWithEvents = (rule: CorrelationRule): boolean =>
  rule.type === 'temporal_ordered' || (counts(rule) && isLowerBound(rule.thresholds));

/**
 * A note on sums in windows longer than the timespan: numbers below 0 lower them, where more events
 * would raise a count.
 */
export const negativeNumbersNote = ({ type }: CorrelationRule): string =>
  type === 'value_sum' ? '; numbers below 0 in its window may hide a sum' : '';

/** True if the condition is true of a window without events. */
export const holdsOfNothing = (rule: CorrelationRule): boolean =>
  counts(rule) && rule.thresholds.length > 0 && passesAll(0, rule.thresholds);

/**
 * True if the condition is only true of such windows, as with `lt: 1` and `eq: 0`: no event can
 * fulfil it.
 */
export const isAbsence = (rule: CorrelationRule): boolean =>
  holdsOfNothing(rule) && !countsFrom(1, rule.thresholds);

/**
 * True if no number can fulfil the condition, as with `gt: 5, lt: 4` of events, `gte: 3` of two
 * rules, or either of a mean.
 */
export function isImpossible(
  type: CorrelationRule['type'],
  rules: number,
  thresholds: readonly Threshold[],
): boolean {
  if (type === 'event_count' || type === 'value_count') return !countsFrom(0, thresholds);
  if (type === 'temporal' || type === 'temporal_ordered')
    return !Array.from({ length: rules + 1 }, (_, count) => count).some((count) =>
      passesAll(count, thresholds),
    );
  const values = thresholds.map(({ value }) => value).toSorted((low, high) => low - high);
  const between = values.slice(1).map((value, index) => value / 2 + (values[index] ?? value) / 2);
  return ![Number.NEGATIVE_INFINITY, ...values, ...between, Number.POSITIVE_INFINITY].some(
    (number) => passesAll(number, thresholds),
  );
}

/** True if all rules must match, which is how every tool reads an order. */
export const asksForAll = ({ rules, thresholds }: CorrelationRule): boolean =>
  thresholds.every(
    ({ operator, value }) => (operator === 'gte' || operator === 'eq') && value === rules.length,
  );

/**
 * True if some whole number from `first` on passes. Nothing changes between the values of
 * thresholds, so the numbers next to them are enough.
 */
function countsFrom(first: number, thresholds: readonly Threshold[]): boolean {
  const near = thresholds.flatMap(({ value }) => [
    Math.floor(value) - 1,
    Math.floor(value),
    Math.floor(value) + 1,
    Math.floor(value) + 2,
  ]);
  return [first, ...near].some((count) => count >= first && passesAll(count, thresholds));
}
