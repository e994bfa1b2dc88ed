import { otherCases } from '../../../regex/case.ts';
import {
  ALL,
  type CodeRanges,
  complementRanges,
  MAX_CODE_POINT,
  normalizeRanges,
} from '../../../regex/set.ts';
import type { Ir, IrRepeat } from './ir.ts';

/**
 * A dollar sign without the sign, for places where `$name$` is a parameter: of `#`, `$` and `%`,
 * neither the first nor the last.
 */
const HIDDEN_DOLLAR = '([#-%]&[^#%])';
const HASH = 0x23;
const DOLLAR = 0x24;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

const SPECIAL = '.?+*|{}[]()"\\#@&<>~/';
const SPECIAL_IN_CLASS = '\\]-[^/';

/** The text would be longer than the limit given. */
export class TextTooLong extends Error {}

const asciiTable = (special: string): readonly string[] =>
  Array.from(
    { length: 0x80 },
    (_, code) =>
      (special.includes(String.fromCharCode(code)) ? '\\' : '') + String.fromCharCode(code),
  );

const LITERAL = asciiTable(SPECIAL);
const IN_CLASS = asciiTable(SPECIAL_IN_CLASS);
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
const HIDDEN_DOLLAR_BYTES = Buffer.from(HIDDEN_DOLLAR, 'latin1');
const LONGEST = HIDDEN_DOLLAR.length;
const scratch = Buffer.allocUnsafe(8192);
const scratchView = new DataView(scratch.buffer, scratch.byteOffset, scratch.length);

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
  return scratch.toString('latin1', 0, length);
}

/** Any text, however long and whatever its letters. */
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

export interface PrintOptions {
  readonly hideDollar: boolean;
  /** UTF-16 units. */
  readonly maxLength: number;
}

export function printIr(ir: Ir, options: PrintOptions): string {
  const out = { text: '' };
  print(ir, out, options, false);
  return out.text;
}

function print(ir: Ir, out: { text: string }, options: PrintOptions, inside: boolean): void {
  // Parts may be shared, so the text can be far longer than the tree.
  if (out.text.length > options.maxLength) throw new TextTooLong();
  const bracketed =
    ir.kind === 'choice'
      ? inside || ir.items.length === 0
      : ir.kind === 'sequence' && ir.items.length === 0;
  if (bracketed) out.text += '(';
  switch (ir.kind) {
    case 'set':
      out.text += setText(ir.ranges, options.hideDollar);
      break;
    case 'sequence':
      for (const item of ir.items) print(item, out, options, true);
      break;
    case 'choice':
      for (const [index, item] of ir.items.entries()) {
        if (index > 0) out.text += '|';
        print(item, out, options, false);
      }
      break;
    case 'except':
      out.text += '(';
      print(ir.item, out, options, true);
      out.text += '&~(';
      print(ir.except, out, options, false);
      out.text += '))';
      break;
    case 'repeat': {
      const grouped = ir.item.kind === 'sequence' || ir.item.kind === 'repeat';
      if (grouped) out.text += '(';
      print(ir.item, out, options, true);
      out.text += `${grouped ? ')' : ''}${boundsText(ir)}`;
    }
  }
  if (bracketed) out.text += ')';
}

function boundsText({ min, max }: IrRepeat): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

const texts = new WeakMap<CodeRanges, string>();

/** Sets such as `\d` are shared, and so are their texts. */
function setText(ranges: CodeRanges, hideDollar: boolean): string {
  if (hideDollar) {
    const outside = complementRanges(ranges);
    if (ranges.some(endsAtDollar) || outside.some(endsAtDollar))
      return withoutDollar(ranges, outside);
  }
  const known = texts.get(ranges);
  if (known !== undefined) return known;
  const text = classText(ranges);
  texts.set(ranges, text);
  return text;
}

const endsAtDollar = ([low, high]: readonly [number, number]): boolean =>
  low === DOLLAR || high === DOLLAR;

function withoutDollar(ranges: CodeRanges, outside: CodeRanges): string {
  if (!ranges.some(endsAtDollar)) return `[${membersText(ranges)}]`;
  if (!outside.some(endsAtDollar)) return `[^${membersText(outside)}]`;
  const neighbours = [HASH, PERCENT].filter(
    (code) => !ranges.some(([low, high]) => low <= code && code <= high),
  );
  const around = normalizeRanges([...ranges, [HASH, PERCENT]]);
  return `([${membersText(around)}]&[^${String.fromCharCode(...neighbours)}])`;
}

function classText(ranges: CodeRanges): string {
  const only = ranges[0];
  if (ranges.length === 1 && only) {
    if (only[0] === only[1]) return LITERAL[only[0]] ?? String.fromCodePoint(only[0]);
    if (only[0] === 0 && only[1] === MAX_CODE_POINT) return '.';
  }
  const members = membersText(ranges);
  const outside = ranges === ALL ? members : membersText(complementRanges(ranges));
  return outside.length + 1 < members.length ? `[^${outside}]` : `[${members}]`;
}

function membersText(ranges: CodeRanges): string {
  const [first, second] = ranges;
  if (
    first &&
    second &&
    ranges.length === 2 &&
    first[0] === first[1] &&
    second[0] === second[1] &&
    (first[0] ^ second[0]) === 0x20
  ) {
    return memberText(second[0]) + memberText(first[0]);
  }
  return ranges.map(([low, high]) => rangeText(low, high)).join('');
}

function rangeText(low: number, high: number): string {
  if (low > high) return '';
  // Lucene reads an escaped backslash as a whole member, so no range can start with one.
  if (low === high || low === BACKSLASH)
    return memberText(low) + (low === high ? '' : rangeText(low + 1, high));
  return `${memberText(low)}${high === low + 1 ? '' : '-'}${memberText(high)}`;
}

const memberText = (codePoint: number): string =>
  IN_CLASS[codePoint] ?? String.fromCodePoint(codePoint);
