/** What to write in place of the old `selection | count(field) by group > n`. */
export function correlationHint(aggregation: string): string {
  const text = aggregation.trim();
  if (/^near\b/i.test(text)) {
    return 'Give each selection a rule of its own and write a correlation rule with `type: temporal` (or temporal_ordered), `rules`, `group-by` and `timespan`.';
  }
  const match = /^(count|min|max|sum|avg)\s*\(([^)]*)\)(?:\s+by\s+([^<>=]+?))?\s*(<=|>=|=|<|>)\s*(\S+)$/i.exec(text);
  if (!match) return 'Write a correlation rule (event_count, value_count, value_sum, value_avg) that names this rule.';
  const [, calculation = '', field = '', group = '', operator = '', threshold = ''] = match;
  const type =
    calculation.toLowerCase() === 'count' ? (field.trim() ? 'value_count' : 'event_count') : calculation.toLowerCase() === 'avg' ? 'value_avg' : 'value_sum';
  const names: Readonly<Record<string, string>> = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte', '=': 'eq' };
  const fieldPart = field.trim() ? `field: ${field.trim()}, ` : '';
  const groupBy = group.trim()
    ? group
        .trim()
        .split(/\s*,\s*/)
        .join(', ')
    : 'Computer';
  return (
    'Remove it here, give this rule a `name`, and add a document with ' +
    `correlation: {type: ${type}, rules: [<that name>], group-by: [${groupBy}], timespan: <the old timeframe>, condition: {${fieldPart}${names[operator]}: ${threshold}}}.`
  );
}
