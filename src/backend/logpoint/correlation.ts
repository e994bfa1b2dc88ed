import type { CompiledCorrelation } from '../../query/compile.ts';
import { and, or, type Query } from '../../query/tree.ts';
import type {
  CorrelationRule,
  CorrelationType,
  Threshold,
} from '../../sigma/correlation/correlation.ts';
import { holdsOfNothing } from '../../sigma/correlation/threshold.ts';
import { singleField } from '../alias.ts';
import { diagnosticAt, placeOfType, refused, type TargetDiagnostic } from '../backend.ts';
import { checkSilentGroups } from '../silent-groups.ts';
import { logpointQueries } from './plan.ts';
import { fieldName } from './text.ts';

const aggregators: Partial<Record<CorrelationType, string>> = {
  event_count: 'count',
  value_count: 'distinct_count',
  value_sum: 'sum',
  value_avg: 'avg',
};
const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '!=' } as const;

/**
 * `search | chart count() as sigpack_value by field | search sigpack_value>=5`. Its window is the
 * time range of the search.
 */
export function logpointCorrelation(
  { rule, parts }: CompiledCorrelation,
  diagnostics: TargetDiagnostic[],
): string {
  const place = placeOfType(rule);
  const aggregator = aggregators[rule.type];
  if (!aggregator) throw refused(place, ...refusalOf(rule.type));
  checkSilentGroups(rule, place, 'LogPoint groups', diagnostics);
  const groupBy = rule.groupBy.map((name) => singleField(rule, name, place, 'LogPoint groups'));
  const fields =
    rule.type === 'event_count'
      ? []
      : rule.valueFields.map((name) => singleField(rule, name, place, 'LogPoint groups'));
  if (fields.length > 1)
    throw refused(
      place,
      "LogPoint's aggregators take one field",
      'Name one field in the condition.',
    );
  const queries: Query[] = [];
  for (const part of parts) {
    if (part.kind === 'correlation')
      throw refused(
        place,
        "LogPoint's chart can't build on the result of another correlation",
        'Refer to detection rules only.',
      );
    queries.push(part.query);
  }
  // a group of which no event has a value counts none, which may be what the condition asks for
  const present = [...groupBy, ...(groupBy.length > 0 && holdsOfNothing(rule) ? [] : fields)].map(
    (field): Query => ({ kind: 'item', field, test: { kind: 'exists' }, ...place }),
  );
  const found = logpointQueries(and([or(queries), ...present]), { place, diagnostics });
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw refused(
      place,
      'the rules need several LogPoint queries for their regular expressions, which can only ' +
        'be counted one by one',
      'Refer to fewer rules, or to rules without regular expressions.',
    );
  }
  const message =
    `LogPoint counts over the time range of the search: run it over ${rule.timespan} s; what ` +
    'spreads over two ranges is not seen';
  diagnostics.push(diagnosticAt('TGT002', place, message));
  const by =
    groupBy.length === 0 ? '' : ` by ${groupBy.map((name) => fieldName(name, place)).join(', ')}`;
  const chart =
    `chart ${aggregator}(${fields.map((name) => fieldName(name, place)).join('')}) as ` +
    `sigpack_value${by}`;
  return `${only} | ${chart} | search ${conditions(rule)}`;
}

/**
 * Without groups the chart has a row even where nothing was found. Its count of 0 is compared like
 * any other, but nothing has no sum or mean.
 */
function conditions({ type, thresholds }: CorrelationRule): string {
  const counted = type === 'event_count' || type === 'value_count';
  const isValue =
    !counted && thresholds.every(({ operator }) => operator === 'neq') ? ['sigpack_value=*'] : [];
  return [...isValue, ...thresholds.map(conditionText)].join(' AND ');
}

const conditionText = ({ operator, value }: Threshold): string =>
  operator === 'neq' ? `-sigpack_value=${value}` : `sigpack_value${operators[operator]}${value}`;

function refusalOf(type: CorrelationType): readonly [message: string, hint: string] {
  const leaveOut = 'Leave the correlation out for LogPoint';
  if (type === 'value_percentile')
    return [
      "LogPoint's chart has no percentile or median of a field",
      `${leaveOut}, or compare the mean (value_avg).`,
    ];
  return [
    `LogPoint's chart can't tell which rule an event matched (${type})`,
    `${leaveOut}, or correlate its events with an event_count.`,
  ];
}
