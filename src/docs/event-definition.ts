import type { GraylogAggregationSearch } from '../pack/model/detection.ts';
import { periodText } from './condition/correlation-sentence.ts';

const operators = {
  '>': 'more than',
  '>=': 'at least',
  '<': 'less than',
  '<=': 'at most',
  '==': 'exactly',
  '!=': 'any number but',
} as const;

/** What the event definition of a correlation does with its query. */
export function eventDefinitionSentence(
  { series, conditions, groupBy, needsEvents, within, every }: GraylogAggregationSearch,
  found: 'messages' | 'hits',
): string {
  const { type, field = '', percentile = 50 } = series;
  const counted = {
    count: `number of ${found}`,
    card: `number of different values of ${field}`,
    sum: `sum of ${field}`,
    avg: `average of ${field}`,
    percentile: `percentile ${percentile} of ${field}`,
  }[type];
  const amount = conditions.map(({ operator, value }) => `${operators[operator]} ${value}`);
  const some = needsEvents ? `, if there are ${found}` : '';
  const group =
    groupBy.length === 0
      ? ''
      : `, for each ${groupBy.length > 1 ? 'combination' : 'value'} of ${groupBy.join(', ')}`;
  return (
    `In Graylog this is an event definition: every ${periodText(every)} it searches the ${found} ` +
    `of the last ${periodText(within)}, and alerts where the ${counted} is ` +
    `${amount.join(' and ')}${group}${some}.`
  );
}
