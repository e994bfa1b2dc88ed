import { cursor, expectEnd, takeName, takeOption } from './cursor.ts';
import { wholeNumber } from './stats.ts';
import { SplError } from './text.ts';
import { fieldOf, newRow, type RowCommand, type Scalar, textsOf, withFields } from './value.ts';

/** `makemv delim="|" field`: the parts of its value that are not empty. */
export function makemvCommand(text: string): RowCommand {
  const c = cursor(text);
  const delimiter = takeOption(c, 'delim') ?? ' ';
  const field = takeName(c);
  expectEnd(c, 'makemv');
  return (rows) =>
    rows.map((row) => {
      const parts = textsOf(row, field).flatMap((value) =>
        value.split(delimiter).filter((part) => part !== ''),
      );
      return parts.length === 0
        ? row
        : withFields(row, { [field]: parts.length > 1 ? parts : (parts[0] ?? '') });
    });
}

/** `mvexpand field [limit=N]`: a row for each value; one without the field stays. */
export function mvexpandCommand(text: string): RowCommand {
  const c = cursor(text);
  const field = takeName(c);
  const limit = wholeNumber(takeOption(c, 'limit') ?? '0');
  expectEnd(c, 'mvexpand');
  if (field.includes('*')) throw new SplError('mvexpand: a field is expected');
  return (rows) =>
    rows.flatMap((row) => {
      const value = fieldOf(row.event, field);
      if (!Array.isArray(value)) return [row];
      const values: readonly Scalar[] = value;
      return (limit === 0 ? values : values.slice(0, limit)).map((one) =>
        newRow({ ...row.event, [field]: one }),
      );
    });
}
