const special = /[",\r\n]/;
const unprintable = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\u{10ffff}]/gu;
// the same, or a surrogate: a search by UTF-16 units takes half the time
const maybeUnprintable = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\uffff]/;

// ASCII letters that need no quoting: most cells only have these
const needsCare = /[^ !#-+\--~]/;
const beginsFormula = /^[=+\-@\t]/;

/**
 * A cell by RFC 4180. Spreadsheets read a leading `= + - @` as a formula, so such a text gets an
 * apostrophe in front.
 */
function csvCell(text: string): string {
  const plain = !needsCare.test(text);
  const cell = plain || !maybeUnprintable.test(text) ? text : text.replace(unprintable, '');
  const guarded = beginsFormula.test(cell) ? `'${cell}` : cell;
  return plain || !special.test(guarded) ? guarded : `"${guarded.replaceAll('"', '""')}"`;
}

/** One line without a line end. */
export function csvRow(cells: readonly string[]): string {
  let row = '';
  for (let at = 0; at < cells.length; at++)
    row += at === 0 ? csvCell(cells[at] ?? '') : `,${csvCell(cells[at] ?? '')}`;
  return row;
}
