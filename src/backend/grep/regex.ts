import type { RegexTest } from '../../query/tree.ts';
import { otherCases, widenCase } from '../../regex/case.ts';
import { quantifier } from '../../regex/quantifier.ts';
import { parseRegex } from '../../regex/regex.ts';
import { complementRanges, normalizeRanges } from '../../regex/set.ts';
import {
  childrenOf,
  type RegexAny,
  type RegexClass,
  type RegexNode,
  type RegexRepeat,
} from '../../regex/tree.ts';
import { Refusal } from '../backend.ts';
import { looseClass, setPattern } from './regex-class.ts';
import { hasLetters, literal, sensitive, UNIT, type Writing } from './text.ts';

const inexact = (): Refusal => new Refusal('a part of the expression has no exact form in a line');

interface Printing {
  readonly writing: Writing;
  /** The text matches every line with a match; else it matches no other line. */
  readonly over: boolean;
  /** What is just before the value, of a fixed length; for `^`. */
  readonly start: string;
  /** All letters ignore case, so that `-i` does it. */
  readonly ignoreCase: boolean;
  letters: boolean;
}

/** PCRE's bound of a counted repeat. */
const MAX_BOUND = 65_535;
/** PCRE takes 250 nested groups; those of the query are added to these. */
const MAX_DEPTH = 200;

/**
 * A rule's expression over the whole line: all matches, and perhaps more. Anchors, word boundaries
 * and negative look-arounds are left out. Back-references, and what the reader does not take apart,
 * become "any text".
 */
export function regexOver(test: RegexTest, writing: Writing): string {
  const printed = print(test, { writing, over: true, start: '' });
  return /^(?:\(\?-i:)?\.(?:[*+]|\{\d+,\})/.test(printed) ? printed : `.*${printed}`;
}

/** The expression in a JSON text that opens after `start`; undefined where it has no exact form. */
export function regexExact(test: RegexTest, start: string, writing: Writing): string | undefined {
  try {
    return `${UNIT}*?${print(test, { writing, over: false, start })}`;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function nodeOf(test: RegexTest): RegexNode {
  const parsed = parseRegex(test.source, test);
  // the compiler refuses those
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value.node;
}

function isCaseless(node: RegexNode): boolean {
  if (node.kind === 'char')
    return node.ignoreCase || !hasLetters(String.fromCodePoint(node.codePoint));
  if (node.kind === 'class') return node.ignoreCase;
  return childrenOf(node).every(isCaseless);
}

function print(test: RegexTest, context: Pick<Printing, 'writing' | 'over' | 'start'>): string {
  const node = nodeOf(test);
  const printing = { ...context, ignoreCase: isCaseless(node), letters: false };
  const text = nodeText(node, printing, false, 0);
  const grouped = node.kind === 'alternation' ? `(?:${text})` : text;
  if (!printing.letters) return grouped;
  if (printing.ignoreCase && test.source !== '') printing.writing.eitherCase = true;
  if (printing.ignoreCase) return grouped;
  return printing.writing.ignoreCase ? sensitive(text, printing.writing) : grouped;
}

/**
 * `loop`: inside a group that repeats without end, where parts of varying length would take
 * exponential time.
 */
function nodeText(node: RegexNode, printing: Printing, loop: boolean, depth: number): string {
  const { over } = printing;
  if (depth > MAX_DEPTH && over) return '.*';
  if (depth > MAX_DEPTH) throw inexact();
  switch (node.kind) {
    case 'empty':
      return '';
    case 'char':
      return charText(node.codePoint, node.ignoreCase, printing);
    case 'any':
    case 'class':
      return repeatText(
        { kind: 'repeat', node, min: 1, max: 1, lazy: false, possessive: false, offset: 0 },
        printing,
        loop,
        depth,
      );
    case 'sequence':
      return node.nodes.map((child) => grouped(child, printing, loop, depth)).join('');
    case 'alternation':
      return node.branches.map((branch) => nodeText(branch, printing, loop, depth + 1)).join('|');
    case 'group':
      return nodeText(node.node, printing, loop, depth);
    case 'repeat':
      return repeatText(node, printing, loop, depth);
    case 'anchor':
      return over ? '' : anchorText(node.at, node.multiline, printing);
    case 'atomic':
      return over
        ? nodeText(node.node, printing, loop, depth)
        : `(?>${nodeText(node.node, printing, loop, depth + 1)})`;
    case 'lookaround':
      if (!over) throw inexact();
      return node.negated || node.behind
        ? ''
        : `(?=${nodeText(node.node, printing, loop, depth + 1)})`;
    case 'backreference':
    case 'opaque':
      if (!over) throw inexact();
      return loop ? '.' : '.*';
  }
}

function grouped(node: RegexNode, printing: Printing, loop: boolean, depth: number): string {
  const text = nodeText(node, printing, loop, depth + 1);
  return bare(node).kind === 'alternation' || (node.kind === 'atomic' && printing.over)
    ? `(?:${text})`
    : text;
}

/** A group has no other meaning here. */
function bare(node: RegexNode): RegexNode {
  return node.kind === 'group' ? bare(node.node) : node;
}

function anchorText(at: string, multiline: boolean, { start }: Printing): string {
  if (multiline || at === 'wordBoundary' || at === 'notWordBoundary') throw inexact();
  return at === 'start' || at === 'textStart' ? `(?<=${start})` : '(?=")';
}

function charText(codePoint: number, ignoreCase: boolean, printing: Printing): string {
  const char = String.fromCodePoint(codePoint);
  // case is settled around the whole expression
  const asWritten = { ...printing.writing, ignoreCase: false };
  if (!hasLetters(char)) return literal(char, true, asWritten);
  printing.letters = true;
  if (printing.ignoreCase) return literal(char, false, asWritten);
  const others = ignoreCase ? otherCases(codePoint) : [];
  const all = [codePoint, ...others].map((point) => String.fromCodePoint(point));
  return all.length === 1 ? char : codePoint < 0x80 ? `[${all.join('')}]` : `(?:${all.join('|')})`;
}

/** What a quantifier repeats, and how many characters of the line one repetition may take. */
interface Repeated {
  readonly text: string;
  readonly width: number;
}

/**
 * A character beyond ASCII is up to four bytes where the locale is not UTF-8, and an escape
 * sequence of JSON up to six: `over` allows for so many.
 */
function repeatText(node: RegexRepeat, printing: Printing, loop: boolean, depth: number): string {
  const inner = bare(node.node);
  const once = loop && node.max === 1;
  const { text, width } =
    inner.kind === 'any' || inner.kind === 'class'
      ? repeatedChar(inner, printing, once)
      : repeatedGroup(inner, node, printing, loop, depth);
  if (text === '') return '';
  if (text.startsWith('(?')) printing.writing.copied += 40 * copies(node);
  const max =
    node.max === Number.POSITIVE_INFINITY ? node.max : Math.min(node.max * width, MAX_BOUND);
  if (node.min === 1 && max === 1) return text;
  const greed = node.lazy ? '?' : node.possessive && !printing.over ? '+' : '';
  return `${text}${quantifier(node.min, max)}${greed}`;
}

const copies = ({ min, max }: RegexRepeat): number =>
  max === Number.POSITIVE_INFINITY ? min : max;

/** `once`: one repetition inside a loop, which must have a single reading. */
function repeatedChar(node: RegexAny | RegexClass, printing: Printing, once: boolean): Repeated {
  return node.kind === 'any'
    ? repeatedAny(node, printing, once)
    : repeatedClass(node, printing, once);
}

function repeatedAny({ dotAll }: RegexAny, { over, writing }: Printing, once: boolean): Repeated {
  if (over && !(once && writing.json)) return { text: '.', width: once ? 1 : writing.json ? 6 : 4 };
  return { text: dotAll || over ? UNIT : '(?>[^"\\\\]|\\\\u.{4}|\\\\[^n])', width: 1 };
}

function repeatedClass(node: RegexClass, printing: Printing, once: boolean): Repeated {
  const { over, writing } = printing;
  const ranges = rangesOf(node, printing);
  const loose = over && writing.json && !once ? looseClass(ranges) : undefined;
  if (loose !== undefined) return { text: loose, width: 6 };
  const set = setPattern(ranges, writing.json, over);
  return {
    text: set.atom ? set.text : `(?:${set.text})`,
    width: over && set.wide && !once ? 4 : 1,
  };
}

function repeatedGroup(
  inner: RegexNode,
  node: RegexRepeat,
  printing: Printing,
  loop: boolean,
  depth: number,
): Repeated {
  const body = nodeText(inner, printing, loop || node.max > 20, depth + 1);
  if (body === '') return { text: '', width: 1 };
  printing.writing.copied += body.length * 3 * copies(node);
  return { text: inner.kind === 'char' && body.length === 1 ? body : `(?:${body})`, width: 1 };
}

function rangesOf(node: RegexClass, printing: Printing): RegexClass['ranges'] {
  const ranges = normalizeRanges(node.ignoreCase ? widenCase(node.ranges) : node.ranges);
  const wanted = node.negated ? complementRanges(ranges) : ranges;
  if (!printing.letters)
    printing.letters =
      wanted.some(([low, high]) => high >= 0x41 && low <= 0x7a) ||
      wanted.some(([, high]) => high > 0x7f);
  return wanted;
}
