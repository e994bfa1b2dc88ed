import {
  atEnd,
  cursor,
  expectEnd,
  takeKeyword,
  takeLiteral,
  takeName,
  takeOption,
} from './cursor.ts';
import { SplError } from './text.ts';
import {
  type Event,
  fieldOf,
  type Row,
  type RowCommand,
  rowOf,
  type Scalar,
  textsOf,
  withFields,
} from './value.ts';

/** Lookups by the names that `lookup` and `inputlookup` call them by; `rest` paths as well. */
export type Tables = ReadonlyMap<string, readonly Event[]>;

/** `| inputlookup NAME`: its rows. Options are not known to this reader. */
export function inputlookup(text: string, tables: Tables): () => readonly Row[] {
  const c = cursor(text);
  const rows = tableOf('inputlookup', takeName(c), tables);
  expectEnd(c, 'inputlookup');
  return () => rows.map(filled);
}

/** `| rest [count=0] [splunk_server=local] PATH`: what the endpoint lists. */
export function rest(text: string, tables: Tables): () => readonly Row[] {
  const c = cursor(text);
  for (let more = true; more; )
    more = takeOption(c, 'count') !== undefined || takeOption(c, 'splunk_server') !== undefined;
  const rows = tableOf('rest', takeName(c), tables);
  expectEnd(c, 'rest');
  return () => rows.map(rowOf);
}

/**
 * `lookup NAME field [AS own] OUTPUT a [AS b], ...`: letter case aside, as
 * `case_sensitive_match = 0` has it. All rows that match give their values, in their order; a row
 * without a match keeps what it has, but loses the fields of OUTPUT.
 */
export function lookup(text: string, tables: Tables): RowCommand {
  const c = cursor(text);
  takeOption(c, 'local');
  const rows = tableOf('lookup', takeName(c), tables);
  const [key] = pairs(c, 1);
  if (!key || !takeKeyword(c, 'output'))
    throw new SplError(
      `Error in 'lookup' command: one field and OUTPUT are known to this reader: ${text.slice(0, 60)}`,
    );
  const wanted = pairs(c, Number.POSITIVE_INFINITY);
  if (wanted.length === 0) throw new SplError("Error in 'lookup' command: OUTPUT needs a field");
  for (const name of [key, ...wanted].map(([column]) => column)) {
    if (rows.length > 0 && rows.every((row) => !(name in row)))
      throw new SplError(`Error in 'lookup' command: the lookup table has no field ${name}`);
  }
  return (input) =>
    input.map((row) => {
      const values = textsOf(row, key[1]).map((value) => value.toLowerCase());
      const found = rows
        .map(filled)
        .filter((one) => values.includes((textsOf(one, key[0])[0] ?? '').toLowerCase()));
      return withFields(
        row,
        Object.fromEntries(
          wanted.map(([column, name]) => [
            name,
            joined(found.flatMap((one) => scalars(one, column))),
          ]),
        ),
      );
    });
}

function pairs(c: ReturnType<typeof cursor>, most: number): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  while (!atEnd(c) && found.length < most) {
    const column = takeName(c);
    found.push([column, takeKeyword(c, 'as') ? takeName(c) : column]);
    takeLiteral(c, ',');
  }
  return found;
}

function tableOf(command: string, name: string, tables: Tables): readonly Event[] {
  const table = tables.get(name);
  if (!table) throw new SplError(`Error in '${command}' command: could not find ${name}`);
  return table;
}

/** An empty cell of a CSV file is not a value. */
const filled = (row: Event): Row =>
  rowOf(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')));

const scalars = (row: Row, field: string): readonly Scalar[] => {
  const value = fieldOf(row.event, field);
  return value === null ? [] : Array.isArray(value) ? value : [value as Scalar];
};

const joined = (values: readonly Scalar[]): Scalar | null | readonly Scalar[] =>
  values.length > 1 ? values : (values[0] ?? null);
