import { timeOf } from './aggregate.ts';
import {
  atEnd,
  type Cursor,
  cursor,
  expectEnd,
  peek,
  takeKeyword,
  takeLiteral,
  takeMatch,
  takeName,
  takeNames,
  takeOption,
  takeQuoted,
} from './cursor.ts';
import { parseAssignments } from './eval-parse.ts';
import { compileEval, type NullLogic } from './eval-run.ts';
import { pcre } from './pcre.ts';
import { rawText } from './raw-term.ts';
import { bucketStart } from './span.ts';
import { wholeNumber } from './stats.ts';
import { SplError } from './text.ts';
import {
  comparePlain,
  fieldOf,
  newRow,
  numberOf,
  type Row,
  type RowCommand,
  textsOf,
  withFields,
  withFieldsInTurn,
} from './value.ts';
import { wildcardTest } from './wildcard.ts';

export function evalCommand(text: string, nulls: NullLogic): RowCommand {
  const steps = parseAssignments(text).map(({ field, value }) => ({
    field,
    evaluate: compileEval(value, nulls),
  }));
  return (rows) => rows.map((row) => withFieldsInTurn(row, steps));
}

/**
 * `regex field="re"`, `regex field!="re"`, `regex "re"` on the event's text. A row without the
 * field fails `=` and passes `!=`.
 */
export function regexCommand(text: string): RowCommand {
  const c = cursor(text);
  const named = peek(c) === '"' ? undefined : takeMatch(c, /[\w.:{}@-]+/y);
  const sign = named === undefined ? '=' : takeMatch(c, /!=|=/y);
  if (sign === undefined || peek(c) !== '"')
    throw new SplError(
      `Error in 'regex' command: usage is field="expression": ${text.slice(0, 60)}`,
    );
  const pattern = pcre(takeQuoted(c));
  expectEnd(c, 'regex');
  return (rows) =>
    rows.filter(
      (row) => valuesFor(row, named).some((value) => pattern.test(value)) === (sign === '='),
    );
}

function valuesFor(row: Row, field: string | undefined): readonly string[] {
  return field === undefined || field === '_raw' ? [rawText(row)] : textsOf(row, field);
}

/** `rex field=f "(?<name>...)"`: the first match's named groups become fields. */
export function rexCommand(text: string): RowCommand {
  const c = cursor(text);
  const field = takeOption(c, 'field');
  if (takeOption(c, 'mode') !== undefined || takeOption(c, 'max_match') !== undefined)
    throw new SplError('rex: only field= is known to this reader');
  if (atEnd(c) || peek(c) !== '"')
    throw new SplError("Error in 'rex' command: a quoted expression is expected");
  const source = takeQuoted(c);
  const pattern = pcre(source);
  if (!/\(\?P?<[A-Za-z_]/.test(source))
    throw new SplError(`Error in 'rex' command: the regex does not extract anything: ${source}`);
  expectEnd(c, 'rex');
  return (rows) =>
    rows.map((row) => {
      const found = valuesFor(row, field)
        .map((value) => pattern.exec(value)?.groups)
        .find((groups) => groups !== undefined);
      const taken = Object.entries(found ?? {}).filter(([, value]) => value !== undefined);
      return taken.length === 0 ? row : withFields(row, Object.fromEntries(taken));
    });
}

/**
 * `fields a b*`, `fields + a`, `fields - a`; the internal fields stay unless they are taken away by
 * name.
 */
export function fieldsCommand(text: string): RowCommand {
  const c = cursor(text);
  const sign = takeMatch(c, /[+-](?=\s)/y) ?? '+';
  const wanted = nameTest(needNames(c, 'fields'));
  const keep =
    sign === '-'
      ? (name: string) => !wanted(name)
      : (name: string) => wanted(name) || name === '_time' || name === '_raw';
  return (rows) =>
    rows.map((row) =>
      newRow(Object.fromEntries(Object.entries(row.event).filter(([name]) => keep(name)))),
    );
}

/** `table a b*`: those fields only, in that order. */
export function tableCommand(text: string): RowCommand {
  const tests = needNames(cursor(text), 'table').map((name) => nameTest([name]));
  return (rows) =>
    rows.map((row) =>
      newRow(
        Object.fromEntries(
          tests.flatMap((wanted) =>
            Object.entries(row.event).filter(
              ([name]) => wanted(name) && fieldOf(row.event, name) !== null,
            ),
          ),
        ),
      ),
    );
}

function nameTest(names: readonly string[]): (name: string) => boolean {
  const tests = names.map(wildcardTest);
  return (name) => tests.some((test) => test(name));
}

function needNames(c: Cursor, command: string): readonly string[] {
  const names = takeNames(c);
  if (names.length === 0) throw new SplError(`Error in '${command}' command: a field is expected`);
  return names;
}

/** `rename a as b, "c d" as e`. A source that is absent takes the target away. */
export function renameCommand(text: string): RowCommand {
  const c = cursor(text);
  const pairs: (readonly [string, string])[] = [];
  do {
    const from = takeName(c);
    if (!takeKeyword(c, 'as'))
      throw new SplError(`Error in 'rename' command: usage is old AS new: ${text.slice(0, 60)}`);
    const to = takeName(c);
    if (`${from}${to}`.includes('*') && !(/^[^*]*\*$/.test(from) && to === '*'))
      throw new SplError('rename: of wildcards this reader knows prefix* AS * only');
    pairs.push([from, to]);
    takeLiteral(c, ',');
  } while (!atEnd(c));
  const renamed = (row: Row, [from, to]: readonly [string, string]): Row => {
    if (to !== '*') return withFields(row, { [to]: fieldOf(row.event, from), [from]: null });
    const prefix = from.slice(0, -1);
    const names = Object.keys(row.event).filter(
      (name) => name.startsWith(prefix) && name.length > prefix.length,
    );
    return names.reduce(
      (current, name) =>
        withFields(current, {
          [name.slice(prefix.length)]: fieldOf(current.event, name),
          [name]: null,
        }),
      row,
    );
  };
  return (rows) => rows.map((row) => pairs.reduce(renamed, row));
}

/** `fillnull value=x a b`; without fields, every field that some row has. */
export function fillnullCommand(text: string): RowCommand {
  const c = cursor(text);
  const value = takeOption(c, 'value') ?? '0';
  const named = takeNames(c);
  return (rows) => {
    const names =
      named.length > 0 ? named : [...new Set(rows.flatMap((row) => Object.keys(row.event)))];
    return rows.map((row) =>
      withFields(
        row,
        Object.fromEntries(
          names.filter((name) => fieldOf(row.event, name) === null).map((name) => [name, value]),
        ),
      ),
    );
  };
}

/**
 * `bin _time span=5m [as x]`, the options before or after the field. Other fields than times are
 * not known to this reader.
 */
export function binCommand(text: string): RowCommand {
  const c = cursor(text);
  let span = takeOption(c, 'span');
  const field = takeName(c);
  span ??= takeOption(c, 'span');
  const target = takeKeyword(c, 'as') ? takeName(c) : field;
  span ??= takeOption(c, 'span');
  expectEnd(c, 'bin');
  if (span === undefined || field !== '_time')
    throw new SplError(`bin: only _time with span= is known to this reader: ${text}`);
  const start = bucketStart(span);
  return (rows) => rows.map((row) => withFields(row, { [target]: start(timeOf(row)) }));
}

export function headCommand(text: string): RowCommand {
  const c = cursor(text);
  const limit = takeOption(c, 'limit') ?? takeMatch(c, /\d+/y) ?? '10';
  expectEnd(c, 'head');
  const count = wholeNumber(limit);
  return (rows) => rows.slice(0, count);
}

/**
 * `dedup [N] fields [keepempty=t]`: the first N rows of each combination; rows without one of the
 * fields go, unless kept.
 */
export function dedupCommand(text: string): RowCommand {
  const c = cursor(text);
  const limit = wholeNumber(takeMatch(c, /\d+(?=\s)/y) ?? '1');
  const keepEmpty = /^(?:t|true|1)$/i.test(takeOption(c, 'keepempty') ?? 'f');
  const names = needNames(c, 'dedup');
  return (rows) => {
    const seen = new Map<string, number>();
    return rows.filter((row) => {
      const values = names.map((name) => textsOf(row, name));
      if (values.some((texts) => texts.length === 0)) return keepEmpty;
      const key = JSON.stringify(values);
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return (seen.get(key) ?? 0) <= limit;
    });
  };
}

/**
 * `sort [N] [+|-]field ...`; at most 10,000 rows unless N is 0; rows without the field come last.
 */
export function sortCommand(text: string): RowCommand {
  const c = cursor(text);
  const count = takeOption(c, 'limit') ?? takeMatch(c, /\d+(?=\s)/y) ?? '10000';
  const keys: { name: string; direction: 1 | -1 }[] = [];
  do {
    const direction = takeMatch(c, /[+-]/y) === '-' ? -1 : 1;
    const called = takeMatch(c, /(?:auto|str|num|ip)\(/y);
    if (called !== undefined && called !== 'num(' && called !== 'auto(')
      throw new SplError(`sort: ${called}) is not known to this reader`);
    keys.push({ name: takeName(c), direction });
    if (called !== undefined && !takeLiteral(c, ')')) throw new SplError('sort: ) is missing');
    takeLiteral(c, ',');
  } while (!atEnd(c));
  const limit = wholeNumber(count);
  return (rows) => {
    const sorted = rows
      .map((row) => ({ row, values: keys.map(({ name }) => sortValue(row, name)) }))
      .sort((a, b) =>
        keys.reduce(
          (order, { direction }, at) =>
            order || compareValues(a.values[at], b.values[at]) * direction,
          0,
        ),
      )
      .map(({ row }) => row);
    return limit === 0 ? sorted : sorted.slice(0, limit);
  };
}

interface SortValue {
  readonly text: string;
  readonly number: number | undefined;
}

function sortValue(row: Row, name: string): SortValue | undefined {
  const [text] = textsOf(row, name);
  return text === undefined ? undefined : { text, number: numberOf(text) };
}

function compareValues(left: SortValue | undefined, right: SortValue | undefined): number {
  if (left === undefined || right === undefined)
    return left === right ? 0 : left === undefined ? 1 : -1;
  return left.number !== undefined && right.number !== undefined
    ? left.number - right.number
    : comparePlain(left.text, right.text);
}
