import { isRecord } from '../../source/record.ts';
import { type Json, listOf } from '../render/json-value.ts';

const seriesWithField: ReadonlySet<unknown> = new Set([
  'card',
  'avg',
  'min',
  'max',
  'sum',
  'stddev',
  'sumofsquares',
  'variance',
  'percentile',
  'latest',
]);
const seriesWithout: ReadonlySet<unknown> = new Set(['count', 'percentage']);

/**
 * Adds the reasons against the series, conditions and windows of a config. `repeatsAreSilent`: a
 * message that is found again sends no notification.
 */
export function checkAggregation(config: Json, repeatsAreSilent: boolean, reasons: string[]): void {
  const series = listOf(config.series).filter(isRecord);
  const grouped = listOf(config.group_by).length > 0;
  const expression = isRecord(config.conditions) ? config.conditions.expression : undefined;
  const tested = expression !== undefined && expression !== null;
  if (grouped && !(series.length > 0 && tested))
    reasons.push('group_by needs series and conditions');
  if (series.length > 0 !== tested) reasons.push('series and conditions need each other');
  // a filter raises an event for each run that sees the message
  const gap =
    series.length === 0 && Number(config.search_within_ms) < Number(config.execute_every_ms);
  const overlap =
    series.length === 0 && Number(config.search_within_ms) > Number(config.execute_every_ms);
  if (gap || (overlap && !repeatsAreSilent))
    reasons.push(
      'the windows of a filter must be equal, or have a key and a grace period of their length',
    );
  for (const one of series) checkSeries(one, reasons);
  const ids = new Set(series.map(({ id }) => id));
  if (ids.size < series.length || [...ids].some((id) => typeof id !== 'string' || id === ''))
    reasons.push('an id of a series is missing or not unique');
  if (tested) checkExpression(expression, ids, reasons);
}

function checkSeries({ type, field, percentile }: Json, reasons: string[]): void {
  if (seriesWithField.has(type)) {
    if (typeof field !== 'string' || field === '') reasons.push(`series ${type} lacks a field`);
  } else if (!seriesWithout.has(type)) {
    reasons.push(`series ${type} is unknown`);
  }
  if (
    type === 'percentile' &&
    !(typeof percentile === 'number' && percentile >= 0 && percentile <= 100)
  )
    reasons.push('a percentile is not from 0 to 100');
}

const comparisons: ReadonlySet<unknown> = new Set(['==', '>', '>=', '<', '<=']);

// a reference to a missing series passes all checks of Graylog and throws in each run
function checkExpression(
  expression: unknown,
  series: ReadonlySet<unknown>,
  reasons: string[],
): void {
  if (!isRecord(expression)) {
    reasons.push('a condition is not an expression');
  } else if (expression.expr === '&&' || expression.expr === '||') {
    checkExpression(expression.left, series, reasons);
    checkExpression(expression.right, series, reasons);
  } else if (expression.expr === '!') {
    checkExpression(expression.left, series, reasons);
  } else if (expression.expr === 'group') {
    checkExpression(expression.child, series, reasons);
  } else if (comparisons.has(expression.expr)) {
    for (const side of [expression.left, expression.right]) checkOperand(side, series, reasons);
  } else if (expression.expr !== 'true') {
    reasons.push(`${expression.expr} is not an operator of a condition`);
  }
}

function checkOperand(operand: unknown, series: ReadonlySet<unknown>, reasons: string[]): void {
  if (isRecord(operand) && operand.expr === 'number' && Number.isFinite(operand.value)) return;
  if (isRecord(operand) && operand.expr === 'number-ref' && series.has(operand.ref)) return;
  reasons.push('a condition names no series and no number');
}
