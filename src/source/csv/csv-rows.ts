import { closingMark } from './closing-mark.ts';

/**
 * Rows of a CSV text as Python reads them: a quote inside a cell is a character, and text after a
 * closing quote belongs to the cell. Empty lines are left out.
 */
export function csvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cellEnd = /([^,\r\n]*)(,|\r\n?|\n|$)/y;
  for (let at = 0; at < text.length; at = cellEnd.lastIndex) {
    const isQuoted = text[at] === '"';
    const close = isQuoted ? closingMark(text, at) : at;
    // a quote that is not closed takes the rest
    const innerEnd = close === -1 ? text.length : close;
    const inner = isQuoted ? text.slice(at + 1, innerEnd).replaceAll('""', '"') : '';
    cellEnd.lastIndex = isQuoted ? Math.min(innerEnd + 1, text.length) : at;
    const [, rest = '', end = ''] = cellEnd.exec(text) ?? [];
    row.push(inner + rest);
    if (end === ',' && cellEnd.lastIndex < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '' || isQuoted) rows.push(row);
    row = [];
  }
  return rows;
}
