import type { GraylogAggregationSearch } from '../pack/model/detection.ts';
import { groupClause, operators, periodText } from './condition/correlation-sentence.ts';

const words = {
  '>': operators.gt,
  '>=': operators.gte,
  '<': operators.lt,
  '<=': operators.lte,
  '==': operators.eq,
  '!=': operators.neq,
};

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
  const amount = conditions.map(({ operator, value }) => `${words[operator]} ${value}`);
  const some = needsEvents ? `, if there are ${found}` : '';
  return (
    `In Graylog this is an event definition: every ${periodText(every)} it searches the ${found} ` +
    `of the last ${periodText(within)}, and alerts where the ${counted} is ` +
    `${amount.join(' and ')}${groupClause(groupBy)}${some}.`
  );
}
