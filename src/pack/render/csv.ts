const special = /[",\r\n]/;
const unprintable = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\u{10ffff}]/gu;
// the same, or a half of a pair: a search unit by unit takes half the time
const maybeUnprintable = /[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\uffff]/;

// letters of ASCII that no cell needs anything for: most cells are made of them alone
const needsCare = /[^ !#-+\--~]/;
const beginsFormula = /^[=+\-@\t]/;

/**
 * A cell as RFC 4180 has it. Spreadsheets take a leading `= + - @` for a formula, so such a text
 * gets an apostrophe in front.
 */
function csvCell(text: string): string {
  const plain = !needsCare.test(text);
  const cell = plain || !maybeUnprintable.test(text) ? text : text.replace(unprintable, '');
  const said = beginsFormula.test(cell) ? `'${cell}` : cell;
  return plain || !special.test(said) ? said : `"${said.replaceAll('"', '""')}"`;
}

/** One line without its end. */
export function csvRow(cells: readonly string[]): string {
  let row = '';
  for (let at = 0; at < cells.length; at++)
    row += at === 0 ? csvCell(cells[at] ?? '') : `,${csvCell(cells[at] ?? '')}`;
  return row;
}
