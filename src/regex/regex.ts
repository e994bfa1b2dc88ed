import { failed, ok, type Result } from '../source/result.ts';
import { readClass } from './class.ts';
import { readEscape } from './escape.ts';
import { readGroup, skipComment } from './group.ts';
import { charNode, type Reader, readerOf, take, takeCodePoint, takeMatch } from './reader.ts';
import { childrenOf, RegexError, type RegexFlags, type RegexNode } from './tree.ts';

export interface RegexParsed {
  readonly node: RegexNode;
  /** Including the inline flags that open the pattern, such as `(?i)`. */
  readonly flags: RegexFlags;
  /** What an author may want to know although the pattern is valid. */
  readonly notes: readonly string[];
}

/** Why a text is not a regular expression. */
export interface InvalidRegex {
  readonly message: string;
  /** UTF-16 units from the start of the pattern. */
  readonly offset: number;
}

/** UTF-16 units. */
const MAX_LENGTH = 20_000;
/** As in PCRE. */
const MAX_BOUND = 65_535;

/** Reads a PCRE pattern in linear time. Lone `{`, `}` and `]` are literals, as in PCRE. */
export function parseRegex(source: string, flags: RegexFlags): Result<RegexParsed, InvalidRegex> {
  if (source.length > MAX_LENGTH)
    return failed({
      message: `the pattern is longer than ${MAX_LENGTH} characters`,
      offset: MAX_LENGTH,
    });
  try {
    const reader = readerOf(source, flags);
    const node = readAlternation(reader);
    if (reader.at < source.length) throw new RegexError('`)` closes no group', reader.at);
    for (const { to, offset } of reader.references) {
      const known = typeof to === 'number' ? to > 0 && to <= reader.groups : reader.names.has(to);
      if (!known) throw new RegexError(`there is no group ${to}`, offset);
    }
    return ok({ node, flags: reader.effective, notes: [...reader.notes] });
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    const { message, offset } = error;
    return failed({ message, offset });
  }
}

function readAlternation(reader: Reader): RegexNode {
  const branches = [readSequence(reader)];
  while (take(reader, '|')) branches.push(readSequence(reader));
  return branches.length === 1 && branches[0] ? branches[0] : { kind: 'alternation', branches };
}

function readSequence(reader: Reader): RegexNode {
  const nodes: RegexNode[] = [];
  for (;;) {
    skipIgnored(reader);
    const char = reader.source[reader.at];
    if (char === undefined || (!reader.quoting && (char === '|' || char === ')'))) break;
    const node = reader.quoting
      ? charNode(takeCodePoint(reader), reader.flags.ignoreCase)
      : readAtom(reader, char);
    if (node) nodes.push(readQuantifier(reader, node));
  }
  const only = nodes[0];
  if (!only) return { kind: 'empty' };
  return nodes.length === 1 ? only : { kind: 'sequence', nodes };
}

function readAtom(reader: Reader, char: string): RegexNode | undefined {
  const offset = reader.at;
  switch (char) {
    case '(':
      return readGroup(reader, readAlternation);
    case '[':
      return readClass(reader);
    case '\\':
      return readEscape(reader);
    case '.':
      reader.at++;
      return { kind: 'any', dotAll: reader.flags.dotAll };
    case '^':
    case '$':
      reader.at++;
      return {
        kind: 'anchor',
        at: char === '^' ? 'start' : 'end',
        multiline: reader.flags.multiline,
        offset,
      };
  }
  if (readBounds(reader)) throw new RegexError('the quantifier has nothing to repeat', offset);
  return charNode(takeCodePoint(reader), reader.flags.ignoreCase);
}

function readQuantifier(reader: Reader, node: RegexNode): RegexNode {
  skipIgnored(reader);
  const offset = reader.at;
  const bounds = reader.quoting ? undefined : readBounds(reader);
  if (!bounds) return node;
  if (node.kind === 'anchor')
    throw new RegexError('the quantifier has nothing to repeat: an anchor has no length', offset);
  const possessive = take(reader, '+');
  const lazy = !possessive && take(reader, '?') !== reader.flags.ungreedy;
  return { kind: 'repeat', node, min: bounds[0], max: bounds[1], lazy, possessive, offset };
}

function readBounds(reader: Reader): readonly [min: number, max: number] | undefined {
  if (take(reader, '*')) return [0, Number.POSITIVE_INFINITY];
  if (take(reader, '+')) return [1, Number.POSITIVE_INFINITY];
  if (take(reader, '?')) return [0, 1];
  const offset = reader.at;
  const match =
    reader.source[offset] === '{' ? takeMatch(reader, /\{(\d+)(?:(,)(\d*))?\}/y) : undefined;
  if (!match) return undefined;
  const min = Number(match[1]);
  const max = match[3] ? Number(match[3]) : match[2] ? Number.POSITIVE_INFINITY : min;
  if (min > MAX_BOUND || (max > MAX_BOUND && max !== Number.POSITIVE_INFINITY)) {
    throw new RegexError(`the quantifier goes above ${MAX_BOUND}`, offset);
  }
  if (max < min) throw new RegexError('the numbers of the quantifier are out of order', offset);
  return [min, max];
}

/** Skips what means nothing: `\Q`, `\E`, comments and, under `x`, white space. */
function skipIgnored(reader: Reader): void {
  for (;;) {
    if (take(reader, '\\E')) reader.quoting = false;
    else if (reader.quoting) return;
    else if (take(reader, '\\Q')) reader.quoting = true;
    else if (
      !skipComment(reader) &&
      !(reader.flags.extended && takeMatch(reader, /[\t-\r ]+|#[^\n]*\n?/y))
    )
      return;
  }
}

export type RegexNeed =
  | 'lookaround'
  | 'backreference'
  | 'atomic'
  | 'possessive'
  | 'lazy'
  | 'wordBoundary'
  | 'opaque';

/**
 * What the pattern needs of an engine beyond characters, classes, groups, alternatives, greedy
 * quantifiers, `^` and `$`.
 */
export function regexNeeds(node: RegexNode): Set<RegexNeed> {
  const needs = new Set<RegexNeed>();
  collectNeeds(node, needs);
  return needs;
}

function collectNeeds(node: RegexNode, needs: Set<RegexNeed>): void {
  switch (node.kind) {
    case 'repeat':
      if (node.lazy) needs.add('lazy');
      if (node.possessive) needs.add('possessive');
      break;
    case 'anchor':
      if (node.at === 'wordBoundary' || node.at === 'notWordBoundary') needs.add('wordBoundary');
      break;
    case 'lookaround':
    case 'backreference':
    case 'atomic':
    case 'opaque':
      needs.add(node.kind);
  }
  for (const child of childrenOf(node)) collectNeeds(child, needs);
}
