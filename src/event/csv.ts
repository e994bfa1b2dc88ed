import { closingMark } from '../source/csv/closing-mark.ts';
import type { Fail } from './event-error.ts';
import { type Fields, setField } from './field.ts';
import type { Piece } from './split-json.ts';

const cell = /("[^"]*(?:""[^"]*)*"|[^,"][^,]*|)(,|$)/y;

/** The cells of a record; undefined where quotes are misplaced. */
function cellsOf(text: string): readonly string[] | undefined {
  const cells: string[] = [];
  cell.lastIndex = 0;
  for (;;) {
    const [whole, content = '', end = ''] = cell.exec(text) ?? [];
    if (whole === undefined) return undefined;
    cells.push(content.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : content);
    if (end === '') return cells;
  }
}

/**
 * Reads records of CSV, the first of which has the names. An empty cell is a field that the event
 * lacks.
 */
export function createCsvReader(fail: Fail): (record: Piece) => Fields | undefined {
  let names: readonly string[] | undefined;
  return ({ text, line }) => {
    if (text === '') return undefined;
    const cells = cellsOf(text);
    if (cells === undefined)
      throw fail(
        line,
        'this is not a record of CSV: a quote is in the middle of a value or text follows one',
      );
    if (names === undefined) {
      names = cells;
      return undefined;
    }
    if (cells.length !== names.length)
      throw fail(line, `the record has ${cells.length} values, the header ${names.length} names`);
    return fieldsOf(names, cells);
  };
}

/** Splunk writes the values of a list into a second column: `__mv_name` has `$first$;$second$`. */
const listPrefix = '__mv_';

function fieldsOf(names: readonly string[], cells: readonly string[]): Fields {
  const fields: Fields = {};
  names.forEach((name, at) => {
    const value = cells[at] ?? '';
    if (value === '') return;
    if (name.startsWith(listPrefix)) setField(fields, name.slice(listPrefix.length), listOf(value));
    else if (!Object.hasOwn(fields, name)) setField(fields, name, value);
  });
  return fields;
}

function listOf(text: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; text[at] === '$'; ) {
    const end = closingMark(text, at);
    if (end === -1) break;
    values.push(text.slice(at + 1, end).replaceAll('$$', '$'));
    at = text[end + 1] === ';' ? end + 2 : text.length;
  }
  return values;
}
