import { aggregate, groupsOf, parseAggregations, timeOf } from './aggregate.ts';
import { cursor, takeOption } from './cursor.ts';
import type { NullLogic } from './eval-run.ts';
import { secondsOf } from './span.ts';
import { SplError } from './text.ts';
import {
  compareTexts,
  type FieldValue,
  newRow,
  type Row,
  type RowCommand,
  type Scalar,
  withFields,
} from './value.ts';

/**
 * `stats`: one row a group, sorted by the group's fields; rows without a BY field join no group.
 */
export function stats(text: string, nulls: NullLogic): RowCommand {
  const { list, by } = parseAggregations(text, 'stats', nulls);
  return (rows) => {
    if (by.length === 0) {
      const fields = aggregate(list, rows);
      return Object.keys(fields).length === 0 ? [] : [newRow(fields)];
    }
    const groups = new Map<string, { key: readonly Scalar[]; rows: Row[] }>();
    for (const row of rows) {
      for (const key of groupsOf(row, by) ?? []) {
        const id = JSON.stringify(key.map(String));
        const group = groups.get(id) ?? { key, rows: [] };
        group.rows.push(row);
        groups.set(id, group);
      }
    }
    return [...groups.values()]
      .sort((a, b) => compareKeys(a.key, b.key))
      .map((group) => {
        const fields: Record<string, FieldValue> = {};
        by.forEach((name, at) => {
          fields[name] = group.key[at];
        });
        return newRow({ ...fields, ...aggregate(list, group.rows) });
      });
  };
}

function compareKeys(left: readonly Scalar[], right: readonly Scalar[]): number {
  for (let at = 0; at < left.length; at += 1) {
    const order = compareTexts(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * `eventstats`: the group's statistics on each of its rows; a row without a BY field passes as it
 * is.
 */
export function eventstats(text: string, nulls: NullLogic): RowCommand {
  const { list, by } = parseAggregations(text, 'eventstats', nulls);
  return (rows) => {
    const groups = new Map<string, Row[]>();
    const keyed = rows.map((row) => [row, groupKey(row, by)] as const);
    for (const [row, key] of keyed)
      if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), row]);
    return keyed.map(([row, key]) =>
      key === undefined ? row : withFields(row, aggregate(list, groups.get(key) ?? [])),
    );
  };
}

function groupKey(row: Row, by: readonly string[]): string | undefined {
  const keys = groupsOf(row, by);
  return keys && JSON.stringify(keys.map((key) => key.map(String)));
}

interface StreamOptions {
  readonly current: boolean;
  readonly global: boolean;
  readonly resetOnChange: boolean;
  /** Rows; 0 for no limit. */
  readonly window: number;
  /** Seconds; the far edge is open: a row that is exactly this old is out. */
  readonly timeWindow: number | undefined;
}

const MAX_STREAM_WINDOW = 10_000;

/**
 * `streamstats`: statistics over the rows seen so far, added to each row; a row without a BY field
 * passes as it is.
 */
export function streamstats(text: string, nulls: NullLogic): RowCommand {
  const { options, rest } = streamOptions(text);
  const { list, by } = parseAggregations(rest, 'streamstats', nulls);
  return (rows) => {
    if (options.timeWindow !== undefined) checkOrder(rows);
    let seen: { row: Row; key: string }[] = [];
    let last: string | undefined;
    return rows.map((row) => {
      const key = groupKey(row, by);
      if (key === undefined) return row;
      if (options.resetOnChange && last !== undefined && last !== key) seen = [];
      last = key;
      if (options.current) seen.push({ row, key });
      const members = windowOf(seen, row, key, options);
      if (!options.current) seen.push({ row, key });
      return withFields(row, aggregate(list, members));
    });
  };
}

function windowOf(
  seen: readonly { row: Row; key: string }[],
  row: Row,
  key: string,
  options: StreamOptions,
): readonly Row[] {
  const size = options.window > 0 ? options.window : MAX_STREAM_WINDOW;
  const shared = options.window > 0 && options.global ? seen.slice(-size) : seen;
  const own = shared.filter((one) => one.key === key).slice(-size);
  const { timeWindow } = options;
  const inside =
    timeWindow === undefined
      ? own
      : own.filter((one) => Math.abs(timeOf(one.row) - timeOf(row)) < timeWindow);
  return inside.map((one) => one.row);
}

function checkOrder(rows: readonly Row[]): void {
  const times = rows.map(timeOf);
  const sorted = (better: (a: number, b: number) => boolean) =>
    times.every((time, at) => at === 0 || better(times[at - 1] ?? time, time));
  if (
    times.some((time) => !Number.isFinite(time)) ||
    !(sorted((a, b) => a <= b) || sorted((a, b) => a >= b))
  ) {
    throw new SplError(
      "Error in 'streamstats' command: time_window can only be used on input that is sorted in time order",
    );
  }
}

const OPTIONS = [
  'current',
  'global',
  'reset_on_change',
  'window',
  'time_window',
  'allnum',
] as const;

/** Options stand before or among the aggregations. */
function streamOptions(text: string): { readonly options: StreamOptions; readonly rest: string } {
  const found = new Map<string, string>();
  let rest = text;
  for (const name of OPTIONS) {
    const place = rest.search(new RegExp(`(?:^|(?<=\\s))${name}\\s*=`, 'i'));
    if (place < 0) continue;
    const c = cursor(rest);
    c.at = place;
    const value = takeOption(c, name);
    if (value === undefined)
      throw new SplError(`Error in 'streamstats' command: ${name} needs a value`);
    found.set(name, value);
    rest = `${rest.slice(0, place)} ${rest.slice(c.at)}`;
  }
  const timeWindow = found.get('time_window');
  return {
    rest,
    options: {
      current: flag(found.get('current'), true),
      global: flag(found.get('global'), true),
      resetOnChange: flag(found.get('reset_on_change'), false),
      window: wholeNumber(found.get('window') ?? '0'),
      timeWindow: timeWindow === undefined ? undefined : secondsOf(timeWindow),
    },
  };
}

function flag(text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (/^(?:t|true|1|yes)$/i.test(text)) return true;
  if (/^(?:f|false|0|no)$/i.test(text)) return false;
  throw new SplError(`Invalid option value: a boolean is expected, not '${text}'`);
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text))
    throw new SplError(`Invalid option value: a whole number is expected, not '${text}'`);
  return Number(text);
}
