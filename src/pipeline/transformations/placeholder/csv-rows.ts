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
    const close = isQuoted ? closingQuote(text, at) : at;
    const inner = isQuoted ? text.slice(at + 1, close).replaceAll('""', '"') : '';
    cellEnd.lastIndex = isQuoted ? Math.min(close + 1, text.length) : at;
    const [, rest = '', end = ''] = cellEnd.exec(text) ?? [];
    row.push(inner + rest);
    if (end === ',' && cellEnd.lastIndex < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '' || isQuoted) rows.push(row);
    row = [];
  }
  return rows;
}

/** Of the text that a quote begins; its end where there is none. Two quotes are one in it. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at === -1 ? text.length : at;
}
