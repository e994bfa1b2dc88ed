const special = /[",\r\n]/;
const unprintable = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\u{10ffff}]/gu;

/** A cell as RFC 4180 has it. Spreadsheets take a leading `= + - @` for a formula, so such a text gets an apostrophe in front. */
function csvCell(text: string): string {
  let cell = text.replace(unprintable, '');
  const first = cell.charCodeAt(0);
  if (first === 61 || first === 43 || first === 45 || first === 64 || first === 9) cell = `'${cell}`;
  return special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** One line without its end. */
export function csvRow(cells: readonly string[]): string {
  return cells.map(csvCell).join(',');
}
