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

/** `gt` and `gte` alone: what holds of some events holds of more. */
const isLowerBound = (thresholds: readonly Threshold[]): boolean =>
  thresholds.every(({ operator }) => operator === 'gt' || operator === 'gte');

/**
 * What holds of some events holds of more: windows may overlap. Averages and percentiles fall
 * again.
 */
export const holdsOfMore = ({ type, thresholds }: CorrelationRule): boolean =>
  isLowerBound(thresholds) && type !== 'value_avg' && type !== 'value_percentile';

/** What a window counts in whole numbers: events, values, rules. */
const counts = ({ type }: CorrelationRule): boolean =>
  type === 'event_count' || type === 'value_count' || type === 'temporal';

/**
 * What it looks for can only become truer as a window fills: a part of the window is enough to say
 * yes.
 */
export const growsWithEvents = (rule: CorrelationRule): boolean =>
  rule.type === 'temporal_ordered' || (counts(rule) && isLowerBound(rule.thresholds));

/**
 * What windows longer than the timespan hold of a sum: numbers below 0 there lower it, where more
 * events add to a count.
 */
export const negativeNumbersNote = ({ type }: CorrelationRule): string =>
  type === 'value_sum' ? '; numbers below 0 in its window may hide a sum' : '';

/** The condition holds of a window that holds no event. */
export const holdsOfNothing = (rule: CorrelationRule): boolean =>
  counts(rule) && rule.thresholds.length > 0 && passesAll(0, rule.thresholds);

/** It holds of such windows alone, as `lt: 1` and `eq: 0` do: no event can fulfil it. */
export const isAbsence = (rule: CorrelationRule): boolean =>
  holdsOfNothing(rule) && !countsFrom(1, rule.thresholds);

/**
 * No number can fulfil it: none of events with `gt: 5, lt: 4`, none of two rules with `gte: 3`, no
 * mean with either of both.
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

/** All of its rules must match, which is how every reader understands an order. */
export const asksForAll = ({ rules, thresholds }: CorrelationRule): boolean =>
  thresholds.every(
    ({ operator, value }) => (operator === 'gte' || operator === 'eq') && value === rules.length,
  );

/**
 * Some whole number from the first on passes: between the bounds of thresholds nothing changes, so
 * those next to them are enough.
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
