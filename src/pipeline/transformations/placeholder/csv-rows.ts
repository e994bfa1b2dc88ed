/**
 * Rows of a CSV text as Python reads them: a quote inside a cell is a character, and text after a
 * closing quote belongs to the cell. Empty lines are left out.
 */
export function csvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"?)?([^,\r\n]*)(,|\r\n?|\n|$)/y;
  for (let at = 0; at < text.length; ) {
    cell.lastIndex = at;
    const [whole = '', inner, rest = '', end = ''] = cell.exec(text) ?? [];
    row.push((inner ?? '').replaceAll('""', '"') + rest);
    at += whole.length;
    if (end === ',' && at < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '' || inner !== undefined) rows.push(row);
    row = [];
  }
  return rows;
}
