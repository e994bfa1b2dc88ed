import { isAsciiLetter, widenCase } from '../../../regex/case.ts';
import { foldCase } from '../../../regex/letter-case.ts';
import { quantifier } from '../../../regex/quantifier.ts';
import type { CodeRanges } from '../../../regex/set.ts';
import {
  childrenOf,
  type RegexAnchor,
  type RegexLookaround,
  type RegexNode,
  type RegexRepeat,
} from '../../../regex/tree.ts';
import { ANY, isPlaceholder, ONE, type Pattern } from '../../../sigma/value/pattern.ts';
import { Refusal } from '../../backend.ts';
import type { Spelling } from './condition.ts';
import { lostInFolding } from './folding.ts';
import { hasTooManyWays } from './regex-ways.ts';

/**
 * Regular expressions as java.util.regex takes them. The flags `d` and `s` are on: `.` is any
 * character, and lines end with a newline only.
 */
const flags = '(?ds)';

export interface JavaRegex {
  readonly pattern: string;
  /** Of the text that it is to be found in. */
  readonly spelling: Spelling;
  /** Its groups have many rounds, each of which takes the engine a frame of its stack. */
  readonly deep: boolean;
}

/**
 * The expression, which is to be found somewhere in a text as it is. Throws a {@link Refusal} with
 * a reason for what the engine lacks or may take for ever.
 */
export function javaRegex(node: RegexNode): JavaRegex {
  const folded = ignoresCase(node);
  const pattern = flags + print(node, folded);
  return { pattern, spelling: folded ? 'folded' : 'written', deep: isDeep(node) };
}

/** Whether the letters of the expression mean either case, and none of them is beyond ASCII. */
function ignoresCase(node: RegexNode): boolean {
  switch (node.kind) {
    case 'char':
      return isKeptPoint(node.codePoint) && (node.ignoreCase || !isAsciiLetter(node.codePoint));
    case 'class':
      return (
        lostInFolding.every((point) => isIn(point, node.ranges) === isIn(0xfffd, node.ranges)) &&
        node.ranges.every(([low, high]) => low < 0x80 && (high < 0x80 || high === 0x10ffff)) &&
        (node.ignoreCase || !node.ranges.some(([low, high]) => low <= 0x7a && high >= 0x41))
      );
    default:
      return childrenOf(node).every(ignoresCase);
  }
}

const isIn = (point: number, ranges: CodeRanges): boolean =>
  ranges.some(([low, high]) => low <= point && point <= high);

const isKeptPoint = (point: number): boolean => point < 0x80 && !lostInFolding.includes(point);

/** `folded`: the text has no upper-case letters of ASCII. */
function print(node: RegexNode, folded: boolean): string {
  switch (node.kind) {
    case 'empty':
      return '';
    case 'char':
      if (folded) return charText(lowerPoint(node.codePoint));
      return node.ignoreCase
        ? classText(widenCase([[node.codePoint, node.codePoint]]))
        : charText(node.codePoint);
    case 'any':
      return node.dotAll ? '.' : '[^\\n]';
    case 'class':
      return classText(node.ignoreCase ? widenCase(node.ranges) : node.ranges, node.negated);
    case 'sequence':
      return node.nodes.map((child) => print(child, folded)).join('');
    case 'alternation':
      return `(?:${node.branches.map((child) => print(child, folded)).join('|')})`;
    case 'group':
      return `(?:${print(node.node, folded)})`;
    case 'repeat':
      return repeatText(node, folded);
    case 'anchor':
      return anchorText(node);
    case 'lookaround':
      return lookText(node, folded);
    case 'atomic':
      return `(?>${print(node.node, folded)})`;
    case 'backreference':
      throw new Refusal('a reference back to a group may take for ever', node.offset);
    case 'opaque':
      throw new Refusal(`it may read \`${node.text}\` differently`, node.offset);
  }
}

const lowerPoint = (point: number): number => (isAsciiLetter(point) ? point | 0x20 : point);

export const charText = (codePoint: number): string => {
  const char = String.fromCodePoint(codePoint);
  return /^[A-Za-z0-9 "#%&',/:;<=>@_`~!-]$/.test(char) ? char : `\\x{${codePoint.toString(16)}}`;
};

/** Spells letters in each case: the engine's flag has its own way with letters beyond ASCII. */
export function classText(ranges: CodeRanges, negated = false): string {
  const [first, ...more] = ranges;
  if (!first) return negated ? '.' : '(?!)';
  if (first[0] === first[1] && more.length === 0 && !negated) return charText(first[0]);
  return `[${negated ? '^' : ''}${ranges.map(rangeText).join('')}]`;
}

function rangeText([low, high]: readonly [number, number]): string {
  const text = (point: number): string =>
    /^[A-Za-z0-9]$/.test(String.fromCodePoint(point))
      ? String.fromCodePoint(point)
      : `\\x{${point.toString(16)}}`;
  return low === high ? text(low) : `${text(low)}-${text(high)}`;
}

function repeatText(node: RegexRepeat, folded: boolean): string {
  const { min, max, lazy, possessive } = node;
  if ((isLong(node) && holdsLongRepeat(node.node)) || hasTooManyWays(node))
    throw new Refusal('a repetition inside a repetition may take for ever', node.offset);
  const inner = print(node.node, folded);
  const body = isSingle(node.node) ? inner : `(?:${inner})`;
  return `${body}${quantifier(min, max)}${possessive ? '+' : lazy ? '?' : ''}`;
}

/** Rounds up to which a repetition in another one is written out in the mind. */
const longRepeat = 16;

const isSingle = ({ kind }: RegexNode): boolean =>
  kind === 'char' || kind === 'any' || kind === 'class';

const isLong = ({ max }: RegexRepeat): boolean => max > longRepeat;

const holdsLongRepeat = (node: RegexNode): boolean =>
  (node.kind === 'repeat' && isLong(node)) || childrenOf(node).some(holdsLongRepeat);

const isDeep = (node: RegexNode): boolean => roundsOf(node) > longRepeat;

/** Rounds of groups: the engine is still in all of them when it gets to what comes after. */
function roundsOf(node: RegexNode): number {
  const rounds = childrenOf(node).map(roundsOf);
  if (node.kind === 'sequence') return rounds.reduce((sum, one) => sum + one, 0);
  const inner = Math.max(0, ...rounds);
  return node.kind === 'repeat' && !isSingle(node.node) ? node.max * Math.max(1, inner) : inner;
}

const word = '[0-9A-Z_a-z]';

/** `\b` of Java counts letters beyond ASCII to words, depending on its version. */
function anchorText({ at, multiline }: RegexAnchor): string {
  switch (at) {
    case 'start':
      return multiline ? '(?m:^)' : '\\A';
    case 'end':
      return multiline ? '(?m:$)' : '\\Z';
    case 'textStart':
      return '\\A';
    case 'textEnd':
      return '\\Z';
    case 'wordBoundary':
      return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`;
    case 'notWordBoundary':
      return `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`;
  }
}

function lookText({ behind, negated, node, offset }: RegexLookaround, folded: boolean): string {
  if (behind && holdsLongRepeat(node))
    throw new Refusal('it looks behind for a text without a limit', offset);
  return `(?${behind ? '<' : ''}${negated ? '!' : '='}${print(node, folded)})`;
}

/**
 * A pattern with wildcards over a whole text. Of each piece between stars the first place is as
 * good as any, so the engine never goes back to an earlier one. `folded`: the letter case of the
 * text is.
 */
export function patternRegex(pattern: Pattern, exact: boolean, folded: boolean): string {
  const pieces: string[] = [''];
  for (const part of pattern) {
    if (part === ANY) pieces.push('');
    else pieces[pieces.length - 1] += part === ONE ? '.' : literalText(part, exact, folded);
  }
  const [head = '', ...rest] = pieces;
  const tail = rest.pop();
  if (tail === undefined) return `${flags}\\A${head}\\z`;
  const middle = rest.map((piece) => `(?>.*?${piece})`).join('');
  return `${flags}\\A${head}${middle}${tail === '' ? '' : `.*${tail}\\z`}`;
}

function literalText(
  part: Exclude<Pattern[number], number>,
  exact: boolean,
  folded: boolean,
): string {
  if (isPlaceholder(part)) throw new Error(`the placeholder %${part.placeholder}% has no value`);
  const points = Array.from(folded ? foldCase(part) : part, (char) => char.codePointAt(0) ?? 0);
  return points
    .map((point) => (exact ? charText(point) : classText(widenCase([[point, point]]))))
    .join('');
}
