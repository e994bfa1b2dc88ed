const types: Readonly<Record<string, string>> = {
  sum: 'value_sum',
  avg: 'value_avg',
  min: 'value_percentile',
  max: 'value_percentile',
};
/** The least value is the 0th percentile, the greatest the 100th. */
const percentiles: Readonly<Record<string, string>> = {
  min: 'percentile: 0, ',
  max: 'percentile: 100, ',
};
const operators: Readonly<Record<string, string>> = {
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '=': 'eq',
  '==': 'eq',
  '!=': 'neq',
};

/**
 * A time in the form of a correlation: `15 minutes` is `15m`. For an unknown unit, a gap for the
 * author to fill.
 */
export function timespanText(text: string): string {
  const [, count, unit = ''] =
    /^(\d{1,6}) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/.exec(
      text.trim(),
    ) ?? [];
  return count === undefined ? '<how long>' : `${count}${unit.charAt(0)}`;
}

/** The hint for several selections that events fulfil near each other. */
export function nearHint(timeframe: string): string {
  const timespan = timespanText(timeframe);
  return (
    'Give each selection a rule with a `name` of its own, and add a document with correlation: ' +
    `{type: temporal, rules: [<their names>], group-by: [<field>], timespan: ${timespan}} ` +
    '(temporal_ordered where the order counts).'
  );
}

const calculations = 'count|min|max|sum|avg|dc|count_distinct|distinct_count';
const comparisons = '<=|>=|==|!=|=|<|>|\\b(?:lte?|gte?|eq|neq)\\b';
const aggregation = new RegExp(
  `^(?<name>${calculations})(?: ?\\((?:distinct )?(?<counted>[^)]*)\\))?` +
    '(?: by (?<groups>[^<>=!]+?))?' +
    ` ?(?<operator>${comparisons}) ?(?<threshold>[-+.\\w]+)(?: within (?<within>\\w+))?$`,
  'i',
);

/**
 * The hint for the old `selection | count(field) by group > n`. `timeframe` is that of the rule.
 */
export function correlationHint(written: string, timeframe = '<how long>'): string {
  const text = written.trim().replace(/\s+/g, ' ');
  if (/^near\b/i.test(text)) return nearHint(timeframe);
  const parts = aggregation.exec(text)?.groups;
  if (!parts)
    return (
      'Write a correlation rule (event_count, value_count, value_sum, value_avg) that names this ' +
      'rule.'
    );
  const { name = '', counted = '', groups = '', operator = '', threshold = '' } = parts;
  const calculation = name.toLowerCase();
  const field = counted.trim() === '*' ? '' : counted.trim();
  const type = types[calculation] ?? (field ? 'value_count' : 'event_count');
  const fields = groups
    .trim()
    .split(/\s*,\s*/)
    .join(', ');
  const attributes = [
    `type: ${type}, rules: [<that name>]`,
    ...(fields === '' ? [] : [`group-by: [${fields}]`]),
    `timespan: ${timespanText(parts.within ?? timeframe)}`,
  ].join(', ');
  const condition =
    `${field ? `field: ${field}, ` : ''}${percentiles[calculation] ?? ''}` +
    `${operators[operator] ?? operator.toLowerCase()}: ${threshold}`;
  return (
    'Remove it here, give this rule a `name`, and add a document with ' +
    `correlation: {${attributes}, condition: {${condition}}}.`
  );
}
