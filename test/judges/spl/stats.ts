import {
  aggregate,
  aggregateSamples,
  groupsOf,
  parseAggregations,
  type Samples,
  samplesIn,
  timeOf,
} from './aggregate.ts';
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
    for (const [row, key] of keyed) {
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group) group.push(row);
      else groups.set(key, [row]);
    }
    const fields = new Map([...groups].map(([key, group]) => [key, aggregate(list, group)]));
    return keyed.map(([row, key]) =>
      key === undefined ? row : withFields(row, fields.get(key) ?? {}),
    );
  };
}

/** With its length in front a text ends where nothing else can. */
function lengthAndText(scalar: Scalar): string {
  const text = String(scalar);
  return `${text.length} ${text}`;
}

function groupKey(row: Row, by: readonly string[]): string | undefined {
  if (by.length === 0) return '';
  const keys = groupsOf(row, by);
  if (keys === undefined) return undefined;
  let text = '';
  for (const key of keys) for (const scalar of key) text += lengthAndText(scalar);
  return text;
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
  // a window of rows that all groups share
  const shared = options.window > 0 && options.global;
  return (rows) => {
    if (options.timeWindow !== undefined) checkOrder(rows);
    let seen: Seen[] = [];
    let byKey = new Map<string, Seen[]>();
    let last: string | undefined;
    return rows.map((row) => {
      const key = groupKey(row, by);
      if (key === undefined) return row;
      if (options.resetOnChange && last !== undefined && last !== key) {
        seen = [];
        byKey = new Map();
      }
      last = key;
      const own = byKey.get(key) ?? [];
      byKey.set(key, own);
      const one = { key, time: timeOf(row), samples: samplesIn(list, row) };
      const add = (): void => {
        own.push(one);
        if (shared) seen.push(one);
      };
      if (options.current) add();
      const members = windowOf(
        shared ? seen.slice(-options.window).filter((other) => other.key === key) : own,
        one.time,
        options,
      );
      if (!options.current) add();
      return withFields(row, aggregateSamples(list, members));
    });
  };
}

/** A row of a group, with what it adds to each aggregation. */
interface Seen {
  readonly key: string;
  readonly time: number;
  readonly samples: Samples;
}

/** `own`: the rows of the group, which are in the order of their times where these count. */
function windowOf(
  own: readonly Seen[],
  time: number,
  { window, timeWindow }: StreamOptions,
): readonly Samples[] {
  const size = window > 0 ? window : MAX_STREAM_WINDOW;
  const oldest = Math.max(own.length - size, 0);
  let first = timeWindow === undefined ? oldest : own.length;
  while (timeWindow !== undefined && first > oldest) {
    if (!(Math.abs((own[first - 1]?.time ?? time) - time) < timeWindow)) break;
    first -= 1;
  }
  return own.slice(first).map(({ samples }) => samples);
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
