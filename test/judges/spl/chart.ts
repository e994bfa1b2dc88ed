import { type Aggregation, aggregate, groupsOf, parseAggregations, timeOf } from './aggregate.ts';
import { cursor, takeName, takeOption } from './cursor.ts';
import type { NullLogic } from './eval-run.ts';
import { bucketStart } from './span.ts';
import { SplError } from './text.ts';
import {
  compareTexts,
  type Event,
  type FieldValue,
  newRow,
  type Row,
  type Scalar,
  textOf,
} from './value.ts';

interface Range {
  readonly earliest: number;
  readonly latest: number;
}

// the spans of the presets of the time range picker, as the Search Reference lists them under
// timechart
const SPANS: readonly (readonly [number, string])[] = [
  [900, '10s'],
  [3600, '1m'],
  [14_400, '5m'],
  [86_400, '30m'],
  [30 * 86_400, '1d'],
];

/**
 * `timechart [span=x] [limit=0] agg [AS name] [BY field]`: a row for each span of the search's time
 * range, a column for each value of the field.
 */
export function timechart(
  text: string,
  nulls: NullLogic,
): (rows: readonly Row[], range: Range) => readonly Row[] {
  const { span, rest } = options(text);
  const { list, by } = parseAggregations(rest, 'timechart', nulls);
  if (list.length !== 1 || by.length > 1)
    throw new SplError('timechart: one aggregation and one field are known to this reader');
  const [agg] = list;
  return (rows, { earliest, latest }) => {
    if (!agg || !Number.isFinite(latest))
      throw new SplError('timechart: this reader needs a time range');
    const chosen = span ?? SPANS.find(([most]) => latest - earliest <= most)?.[1] ?? '1mon';
    const start = bucketStart(chosen);
    const buckets = new Map<number, Row[]>();
    for (let at = start(earliest); at < latest; at = next(at, start)) buckets.set(at, []);
    for (const row of rows) buckets.get(start(timeOf(row)))?.push(row);
    const columns = by[0] === undefined ? undefined : columnsOf(rows, by[0]);
    return [...buckets].map(([time, inside]) => {
      const cells = columns ? cellsOf(agg, inside, by[0] ?? '', columns) : aggregate(list, inside);
      return newRow({ _time: time, ...cells });
    });
  };
}

/** `chart [limit=0] agg OVER row BY column`. */
export function chart(text: string, nulls: NullLogic): (rows: readonly Row[]) => readonly Row[] {
  const { rest } = options(text);
  const [, aggregation = '', over = '', column = ''] =
    /^(.*?)\s+over\s+(\S+)\s+by\s+(\S+)\s*$/is.exec(rest) ?? [];
  if (column === '') throw new SplError('chart: this reader knows agg OVER row BY column');
  const { list } = parseAggregations(aggregation, 'chart', nulls);
  const [agg] = list;
  if (!agg || list.length !== 1)
    throw new SplError('chart: one aggregation is known to this reader');
  const row = takeName(cursor(over));
  return (rows) => {
    const columns = columnsOf(rows, takeName(cursor(column)));
    return columnsOf(rows, row).map((key) => {
      const inside = rows.filter(has(row, key));
      return newRow({ [row]: key, ...cellsOf(agg, inside, column, columns) });
    });
  };
}

/**
 * More than ten columns need `limit=0`: the rest becomes OTHER, which this reader does not make.
 */
function options(text: string): { readonly span: string | undefined; readonly rest: string } {
  const c = cursor(text);
  let span: string | undefined;
  let limit: string | undefined;
  for (let at = -1; at !== c.at; ) {
    at = c.at;
    span ??= takeOption(c, 'span');
    limit ??= takeOption(c, 'limit');
  }
  const rest = text.slice(c.at);
  if (limit !== '0' && /\bby\b/i.test(rest))
    throw new SplError('of columns this reader knows limit=0 only');
  return { span, rest };
}

const columnsOf = (rows: readonly Row[], field: string): readonly string[] =>
  [
    ...new Set(
      rows.flatMap((row) => (groupsOf(row, [field]) ?? []).map(([value]) => textOf(value ?? ''))),
    ),
  ].sort((a: Scalar, b: Scalar) => compareTexts(a, b));

const has =
  (field: string, value: string) =>
  (row: Row): boolean =>
    (groupsOf(row, [field]) ?? []).some(([one]) => textOf(one ?? '') === value);

/** What the aggregation makes of the rows with each value of the field. */
function cellsOf(
  agg: Aggregation,
  rows: readonly Row[],
  field: string,
  values: readonly string[],
): Event {
  const cells: Record<string, FieldValue> = {};
  for (const value of values) {
    const { [agg.name]: cell } = aggregate([agg], rows.filter(has(field, value)));
    if (cell !== undefined) cells[value] = cell;
  }
  return cells;
}

function next(time: number, start: (time: number) => number): number {
  let step = 1;
  while (start(time + step) === time) step *= 2;
  let low = step / 2;
  while (step - low > 1) {
    const middle = Math.floor((low + step) / 2);
    if (start(time + middle) === time) low = middle;
    else step = middle;
  }
  return time + step;
}
