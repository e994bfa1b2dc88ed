import {
  atEnd,
  type Cursor,
  cursor,
  expectEnd,
  peek,
  takeEnclosed,
  takeKeyword,
  takeLiteral,
  takeMatch,
  takeName,
  takeNames,
} from './cursor.ts';
import { parseEval } from './eval-parse.ts';
import { compileEval, type NullLogic } from './eval-run.ts';
import { SplError } from './text.ts';
import {
  comparePlain,
  compareTexts,
  type Event,
  type FieldValue,
  fieldOf,
  numberOf,
  type Row,
  type Scalar,
  textOf,
} from './value.ts';

/** One value that a row adds to an aggregation, with the row's time. */
interface Sample {
  readonly value: Scalar;
  readonly time: number;
}

export interface Aggregation {
  readonly name: string;
  readonly samples: (row: Row) => readonly Sample[];
  /** Null: nothing to compute, and no field is written. */
  readonly reduce: (samples: readonly Sample[]) => FieldValue;
}

export interface Aggregations {
  readonly list: readonly Aggregation[];
  readonly by: readonly string[];
}

/** Reads `func(field) as name, ... by a, b`. */
export function parseAggregations(text: string, command: string, nulls: NullLogic): Aggregations {
  const c = cursor(text);
  const list: Aggregation[] = [];
  let grouped = false;
  while (!atEnd(c) && !grouped) {
    grouped = takeKeyword(c, 'by');
    if (grouped) break;
    list.push(aggregation(c, command, nulls));
    takeLiteral(c, ',');
  }
  const by = takeNames(c);
  if (grouped && by.length === 0)
    throw new SplError(`Error in '${command}' command: BY needs a field`);
  if (list.length === 0)
    throw new SplError(`Error in '${command}' command: no aggregation is given`);
  return { list, by };
}

function aggregation(c: Cursor, command: string, nulls: NullLogic): Aggregation {
  const called = takeMatch(c, /[A-Za-z_]+[\d.]*/y) ?? '';
  const reduce = reducer(called);
  if (!reduce)
    throw new SplError(
      `Error in '${command}' command: the argument '${c.text.slice(c.at - called.length, c.at + 30)}' is invalid`,
    );
  const inner = peek(c) === '(' ? takeEnclosed(c, '(', ')').trim() : undefined;
  if ((inner === undefined || inner === '') && !/^(?:count|c)$/.test(called))
    throw new SplError(`Error in '${command}' command: ${called} needs a field`);
  const evaluated = inner !== undefined && /^eval\s*\(/.test(inner);
  const alias = takeKeyword(c, 'as') ? takeName(c) : undefined;
  if (evaluated && alias === undefined)
    throw new SplError(`Error in '${command}' command: an eval expression needs AS: ${inner}`);
  const name = alias ?? (inner === undefined ? called : `${called}(${inner})`);
  return { name, samples: samplesOf(inner, evaluated, nulls), reduce };
}

/**
 * `count` without a field samples each row once; an eval expression samples rows where it is true
 * or not null.
 */
function samplesOf(
  inner: string | undefined,
  evaluated: boolean,
  nulls: NullLogic,
): (row: Row) => readonly Sample[] {
  if (inner === undefined || inner === '') return (row) => [{ value: 1, time: timeOf(row) }];
  if (evaluated) {
    const c = cursor(inner.replace(/^eval\s*/, ''));
    const evaluate = compileEval(parseEval(takeEnclosed(c, '(', ')')), nulls);
    expectEnd(c, 'stats');
    return (row) => {
      const value = evaluate(row);
      return value === false ? [] : spread(value, row);
    };
  }
  const c = cursor(inner);
  const field = takeName(c);
  expectEnd(c, 'stats');
  if (field.includes('*'))
    throw new SplError(`Wildcards in aggregated fields are not known to this reader: ${inner}`);
  return (row) => spread(fieldOf(row.event, field), row);
}

function spread(value: Scalar | null | readonly Scalar[], row: Row): readonly Sample[] {
  if (value === null) return [];
  const time = timeOf(row);
  return Array.isArray(value)
    ? value.map((one: Scalar) => ({ value: one, time }))
    : [{ value: value as Scalar, time }];
}

export function timeOf(row: Row): number {
  row.time ??= timeIn(row.event);
  return row.time;
}

function timeIn(event: Event): number {
  const value = fieldOf(event, '_time');
  return value === null || Array.isArray(value)
    ? Number.NEGATIVE_INFINITY
    : (numberOf(value as Scalar) ?? Number.NEGATIVE_INFINITY);
}

/** What a row adds to each aggregation of a list, in its order. */
export type Samples = readonly (readonly Sample[])[];

export const samplesIn = (list: readonly Aggregation[], row: Row): Samples =>
  list.map(({ samples }) => samples(row));

/** The aggregations over some rows, as fields; those with nothing to compute are left out. */
export const aggregate = (list: readonly Aggregation[], rows: readonly Row[]): Event =>
  aggregateSamples(
    list,
    rows.map((row) => samplesIn(list, row)),
  );

/** The same over what the rows add. */
export function aggregateSamples(list: readonly Aggregation[], rows: readonly Samples[]): Event {
  const fields: Record<string, FieldValue> = {};
  for (const [index, one] of list.entries()) {
    const samples: Sample[] = [];
    for (const row of rows) for (const sample of row[index] ?? []) samples.push(sample);
    const value = one.reduce(samples);
    if (value !== null && value !== undefined) fields[one.name] = value;
  }
  return fields;
}

type Reduce = (samples: readonly Sample[]) => FieldValue;

function reducer(called: string): Reduce | undefined {
  const percent = /^(?:perc|p|exactperc|upperperc)(\d{1,2}(?:\.\d+)?)$/.exec(called)?.[1];
  return percent === undefined
    ? REDUCERS.get(called)
    : (samples) => percentile(numbersOf(samples), Number(percent));
}

const count: Reduce = (samples) => samples.length;
const distinct: Reduce = (samples) => new Set(samples.map(({ value }) => textOf(value))).size;
const average: Reduce = (samples) =>
  overNumbers(samples, (numbers) => total(numbers) / numbers.length);

const REDUCERS: ReadonlyMap<string, Reduce> = new Map<string, Reduce>([
  ['count', count],
  ['c', count],
  ['dc', distinct],
  ['distinct_count', distinct],
  ['sum', (samples) => overNumbers(samples, total)],
  ['avg', average],
  ['mean', average],
  ['median', (samples) => percentile(numbersOf(samples), 50)],
  ['min', (samples) => extreme(samples, -1)],
  ['max', (samples) => extreme(samples, 1)],
  [
    'range',
    (samples) => overNumbers(samples, (numbers) => Math.max(...numbers) - Math.min(...numbers)),
  ],
  ['first', (samples) => samples[0]?.value],
  ['last', (samples) => samples[samples.length - 1]?.value],
  ['earliest', (samples) => byTime(samples, (a, b) => a < b)],
  ['latest', (samples) => byTime(samples, (a, b) => a >= b)],
  [
    'values',
    (samples) => listed([...new Set(samples.map(({ value }) => textOf(value)))].sort(comparePlain)),
  ],
  ['list', (samples) => listed(samples.slice(0, 100).map(({ value }) => value))],
]);

function listed(values: readonly Scalar[]): FieldValue {
  return values.length > 1 ? values : values[0];
}

function numbersOf(samples: readonly Sample[]): readonly number[] {
  const numbers: number[] = [];
  for (const { value } of samples) {
    const number = numberOf(value);
    if (number !== undefined) numbers.push(number);
  }
  return numbers;
}

function overNumbers(
  samples: readonly Sample[],
  combine: (numbers: readonly number[]) => number,
): FieldValue {
  const numbers = numbersOf(samples);
  return numbers.length === 0 ? null : combine(numbers);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

/** Numbers win over text where a field holds both. */
function extreme(samples: readonly Sample[], direction: 1 | -1): FieldValue {
  const numbers = numbersOf(samples);
  const candidates: readonly Scalar[] =
    numbers.length > 0 ? numbers : samples.map(({ value }) => textOf(value));
  return candidates.reduce<Scalar | null>(
    (best, one) => (best === null || compareTexts(one, best) * direction > 0 ? one : best),
    null,
  );
}

function byTime(samples: readonly Sample[], better: (a: number, b: number) => boolean): FieldValue {
  return samples.reduce<Sample | undefined>(
    (best, one) => (best === undefined || better(one.time, best.time) ? one : best),
    undefined,
  )?.value;
}

/**
 * Linear interpolation between the two nearest ranks, as Splunk answers for up to 1,000 distinct
 * values.
 */
function percentile(numbers: readonly number[], percent: number): FieldValue {
  if (numbers.length === 0) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? 0;
  const high = sorted[Math.ceil(rank)] ?? low;
  return low + (high - low) * (rank - Math.floor(rank));
}

const EVERY_ROW: readonly (readonly Scalar[])[] = [[]];

/**
 * The keys of a row's groups; a field with several values puts the row in several. Undefined: a BY
 * field is missing.
 */
export function groupsOf(
  row: Row,
  by: readonly string[],
): readonly (readonly Scalar[])[] | undefined {
  const values = by.map((field) => fieldOf(row.event, field));
  if (values.includes(null)) return undefined;
  if (!values.some(Array.isArray)) return [values as readonly Scalar[]];
  let keys = EVERY_ROW;
  for (const value of values) {
    const scalars: readonly Scalar[] = Array.isArray(value) ? value : [value as Scalar];
    keys = keys.flatMap((key) => scalars.map((scalar) => [...key, scalar]));
  }
  return keys;
}
