import type {
  CorrelationRule,
  CorrelationType,
  ThresholdOperator,
} from '../../sigma/correlation/correlation.ts';

/** In words, before the number. */
export const operators: Readonly<Record<ThresholdOperator, string>> = {
  gt: 'more than',
  gte: 'at least',
  lt: 'less than',
  lte: 'at most',
  eq: 'exactly',
  neq: 'any number but',
};

/** When a correlation fires: `At least 10 matches within 5 minutes, for each value of User.` */
export function correlationSentence(rule: CorrelationRule): string {
  const { timespan, groupBy } = rule;
  const sentence = `${counted(rule)} within ${durationText(timespan)}${groupClause(groupBy)}.`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

/** `, for each value of User`; empty without fields. */
export const groupClause = (groupBy: readonly string[]): string =>
  groupBy.length === 0
    ? ''
    : `, for each ${groupBy.length > 1 ? 'combination' : 'value'} of ${listed(groupBy)}`;

function counted(rule: CorrelationRule): string {
  const { type, thresholds, valueFields, percentile } = rule;
  const amount = thresholds
    .map(({ operator, value }) => `${operators[operator]} ${value}`)
    .join(' and ');
  const fields = listed(valueFields);
  const counts: Readonly<Record<CorrelationType, string>> = {
    event_count: `${amount} matches of its rules`,
    value_count: `${amount} different values of ${fields}`,
    temporal: amount === '' ? 'a match of each of its rules' : `matches of ${amount} of its rules`,
    temporal_ordered: 'a match of each of its rules, in their order,',
    value_sum: `a sum of ${fields} of ${amount}`,
    value_avg: `an average of ${fields} of ${amount}`,
    value_percentile: `percentile ${percentile} of ${fields} of ${amount}`,
  };
  return counts[type];
}

const listed = (names: readonly string[]): string => names.join(', ');

const units = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** `5 minutes`, in the largest unit that fits. */
export function durationText(seconds: number): string {
  const [size, name] = units.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** As {@link durationText} after `every`, `per` or `the last`: `hour`, `4 hours`. */
export const periodText = (seconds: number): string => durationText(seconds).replace(/^1 /, '');
