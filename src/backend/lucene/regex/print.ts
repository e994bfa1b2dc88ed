import { quantifier } from '../../../regex/quantifier.ts';
import {
  ALL,
  type CodeRanges,
  complementRanges,
  MAX_CODE_POINT,
  normalizeRanges,
} from '../../../regex/set.ts';
import { Refusal } from '../../backend.ts';
import type { Ir } from './ir.ts';
import { asciiTable, LITERAL } from './literal.ts';

const HASH = 0x23;
const DOLLAR = 0x24;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

const SPECIAL_IN_CLASS = '\\]-[^/';
const IN_CLASS = asciiTable(SPECIAL_IN_CLASS);

export interface PrintOptions {
  readonly hideDollar: boolean;
  /** UTF-16 units. */
  readonly maxLength: number;
}

export const tooLong = ({ maxLength }: PrintOptions): Refusal =>
  new Refusal(
    `the pattern takes more than ${maxLength} characters in Lucene, which the server refuses`,
  );

/** The expression as text. Throws a {@link Refusal} where it is too long. */
export function printIr(ir: Ir, options: PrintOptions): string {
  const out = { text: '' };
  print(ir, out, options, false);
  return out.text;
}

function print(ir: Ir, out: { text: string }, options: PrintOptions, inside: boolean): void {
  // parts may be shared, so the text can be far longer than the tree
  if (out.text.length > options.maxLength) throw tooLong(options);
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
      out.text += `${grouped ? ')' : ''}${quantifier(ir.min, ir.max)}`;
    }
  }
  if (bracketed) out.text += ')';
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
  // Lucene reads an escaped backslash as a whole member, so no range can start with one
  if (low === high || low === BACKSLASH)
    return memberText(low) + (low === high ? '' : rangeText(low + 1, high));
  return `${memberText(low)}${high === low + 1 ? '' : '-'}${memberText(high)}`;
}

const memberText = (codePoint: number): string =>
  IN_CLASS[codePoint] ?? String.fromCodePoint(codePoint);
