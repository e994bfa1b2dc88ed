import { otherCases } from '../../../regex/case.ts';

/**
 * A dollar sign without the sign, for places where `$name$` is a parameter: the one of `#`, `$` and
 * `%` that is neither the first nor the last.
 */
const HIDDEN_DOLLAR = '([#-%]&[^#%])';
const DOLLAR = 0x24;

const SPECIAL = '.?+*|{}[]()"\\#@&<>~/';

export const asciiTable = (special: string): readonly string[] =>
  Array.from(
    { length: 0x80 },
    (_, code) =>
      (special.includes(String.fromCharCode(code)) ? '\\' : '') + String.fromCharCode(code),
  );

export const LITERAL = asciiTable(SPECIAL);
const EITHER_CASE = LITERAL.map((text, code) => [
  text,
  ...otherCases(code).map((other) => String.fromCharCode(other)),
]).map(caseClass);

function caseClass(cases: string[]): string {
  return cases.length > 1 ? `[${cases.sort().reverse().join('')}]` : (cases[0] ?? '');
}

/**
 * The table's texts of at most four bytes as numbers: adding up short texts letter by letter would
 * cost most of a build's time in garbage.
 */
const packed = (table: readonly string[]): Int32Array =>
  Int32Array.from(table, (text) =>
    [...text].reduce((sum, char, index) => sum | (char.charCodeAt(0) << (8 * index)), 0),
  );
const tableOf = (texts: readonly string[]) => ({
  packed: packed(texts),
  sizes: Uint8Array.from(texts, (text) => text.length),
});
const LITERAL_TABLE = tableOf(LITERAL);
const EITHER_CASE_TABLE = tableOf(EITHER_CASE);
const HIDDEN_DOLLAR_BYTES = new TextEncoder().encode(HIDDEN_DOLLAR);
const LONGEST = HIDDEN_DOLLAR.length;
const scratch = new Uint8Array(8192);
const scratchView = new DataView(scratch.buffer);
const decoder = new TextDecoder();

/**
 * Literal text as Lucene regular expression, a letter as `[aA]` where case is ignored. Safe between
 * slashes, but see {@link endSafely}. `hideDollar` writes `$` without the sign.
 */
export function luceneEscape(text: string, ignoreCase: boolean, hideDollar = false): string {
  if (text.length * LONGEST + 4 > scratch.length) return escapeSlowly(text, ignoreCase, hideDollar);
  const table = ignoreCase ? EITHER_CASE_TABLE : LITERAL_TABLE;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOLLAR && hideDollar) {
      scratch.set(HIDDEN_DOLLAR_BYTES, length);
      length += LONGEST;
      continue;
    }
    const bytes = table.packed[code];
    if (bytes === undefined) return escapeSlowly(text, ignoreCase, hideDollar);
    // four bytes at once, of which the next text overwrites what is too much
    scratchView.setInt32(length, bytes, true);
    length += table.sizes[code] ?? 0;
  }
  return decoder.decode(scratch.subarray(0, length));
}

/** Any text, of any length and in any script. */
function escapeSlowly(text: string, ignoreCase: boolean, hideDollar: boolean): string {
  const table = ignoreCase ? EITHER_CASE : LITERAL;
  let escaped = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOLLAR && hideDollar) escaped += HIDDEN_DOLLAR;
    else if (code < 0x80) escaped += table[code];
    else {
      const codePoint = text.codePointAt(at) ?? code;
      escaped += ignoreCase
        ? caseClass(
            [codePoint, ...otherCases(codePoint)].map((point) => String.fromCodePoint(point)),
          )
        : String.fromCodePoint(codePoint);
      if (codePoint > 0xffff) at++;
    }
  }
  return escaped;
}

/**
 * A backslash right before the closing slash would escape it for the query parser, however it is
 * escaped itself: a class keeps them apart.
 */
export function endSafely(regex: string): string {
  return regex.endsWith('\\') ? `${regex.slice(0, -2)}[\\\\]` : regex;
}
