import { PatternError } from '../pattern-error.ts';

/** A pattern as a tree, read from the part of RegExp's language that `translate` writes. */
export type PatternNode =
  | { readonly kind: 'char'; readonly fits: (char: string) => boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'capture'; readonly group: number; readonly body: PatternNode }
  | {
      readonly kind: 'look';
      readonly behind: boolean;
      readonly negated: boolean;
      readonly body: PatternNode;
    }
  | { readonly kind: 'reference'; readonly group: number; readonly ignoreCase: boolean }
  | {
      readonly kind: 'repeat';
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
      readonly body: PatternNode;
    };

/** Nested groups: each is a call of the reader and of the machine. */
const deepest = 200;

interface Reader {
  readonly source: string;
  at: number;
  groups: number;
  depth: number;
  /** Characters and classes, made once. */
  readonly fits: Map<string, (char: string) => boolean>;
}

/** Throws {@link PatternError}. */
export function readPattern(
  source: string,
  ignoreCase: boolean,
): { readonly root: PatternNode; readonly groups: number } {
  const reader: Reader = { source, at: 0, groups: 0, depth: 0, fits: new Map() };
  const root = readChoice(reader, ignoreCase);
  if (reader.at < source.length) throw new PatternError('`)` closes no group');
  return { root, groups: reader.groups };
}

function readChoice(reader: Reader, ignoreCase: boolean): PatternNode {
  const branches = [readSequence(reader, ignoreCase)];
  while (reader.source[reader.at] === '|') {
    reader.at++;
    branches.push(readSequence(reader, ignoreCase));
  }
  const [only] = branches;
  return branches.length === 1 && only ? only : { kind: 'choice', parts: branches };
}

function readSequence(reader: Reader, ignoreCase: boolean): PatternNode {
  const parts: PatternNode[] = [];
  for (
    let next = reader.source[reader.at];
    next !== undefined && next !== '|' && next !== ')';
    next = reader.source[reader.at]
  )
    parts.push(readQuantified(reader, readAtom(reader, ignoreCase)));
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: 'sequence', parts };
}

function readQuantified(reader: Reader, body: PatternNode): PatternNode {
  const match = takeMatch(reader, /(?:([*+?])|\{(\d+)(,(\d*))?\})(\??)/y);
  if (!match) return body;
  const [, sign, from, comma, to, mark] = match;
  const lazy = mark === '?';
  if (sign !== undefined) {
    const most = sign === '?' ? 1 : Number.POSITIVE_INFINITY;
    return { kind: 'repeat', least: sign === '+' ? 1 : 0, most, lazy, body };
  }
  const least = Number(from);
  const most = comma === undefined ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to);
  if (most < least) throw new PatternError('a count of the pattern ends before it starts');
  return { kind: 'repeat', least, most, lazy, body };
}

function readAtom(reader: Reader, ignoreCase: boolean): PatternNode {
  if (reader.source[reader.at] === '(') return readGroup(reader, ignoreCase);
  const reference = takeMatch(reader, /\\([1-9]\d*)/y);
  if (reference) return { kind: 'reference', group: Number(reference[1]), ignoreCase };
  const text =
    reader.source[reader.at] === '['
      ? takeClass(reader)
      : (takeMatch(reader, /\\u\{[0-9a-f]+\}|\\?[\s\S]/y)?.[0] ?? '');
  return { kind: 'char', fits: fitsOf(reader, text, ignoreCase) };
}

/** Classes may be nested. */
function takeClass(reader: Reader): string {
  const start = reader.at;
  let depth = 0;
  do {
    const char = reader.source[reader.at++];
    if (char === undefined) throw new PatternError('a class of the pattern is not closed');
    if (char === '\\') reader.at++;
    else if (char === '[') depth++;
    else if (char === ']') depth--;
  } while (depth > 0);
  return reader.source.slice(start, reader.at);
}

function fitsOf({ fits }: Reader, text: string, ignoreCase: boolean): (char: string) => boolean {
  const key = `${ignoreCase} ${text}`;
  const known = fits.get(key);
  if (known) return known;
  const test =
    /^\w$/.test(text) && !ignoreCase
      ? (char: string): boolean => char === text
      : matching(text, ignoreCase);
  fits.set(key, test);
  return test;
}

/** It sees one character at a time, so it has nothing to go back to. */
function matching(text: string, ignoreCase: boolean): (char: string) => boolean {
  const regex = regexOf(`^${text}$`, ignoreCase ? 'vi' : 'v');
  return (char) => regex.test(char);
}

function regexOf(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    // a quantifier with nothing but a comment before it
    if (error instanceof SyntaxError) throw new PatternError(error.message);
    throw error;
  }
}

function readGroup(reader: Reader, ignoreCase: boolean): PatternNode {
  if (++reader.depth > deepest)
    throw new PatternError(`the pattern has more than ${deepest} groups in groups`);
  const [open = ''] = takeMatch(reader, /\((?:\?(?::|=|!|<=|<!|i:|-i:))?/y) ?? [];
  const group = open === '(' ? ++reader.groups : 0;
  const body = readChoice(reader, open === '(?i:' ? true : open === '(?-i:' ? false : ignoreCase);
  if (reader.source[reader.at] !== ')')
    throw new PatternError('a bracket of the pattern is not closed');
  reader.at++;
  reader.depth--;
  if (group > 0) return { kind: 'capture', group, body };
  const looks = /^\(\?(<?)([=!])$/.exec(open);
  return looks ? { kind: 'look', behind: looks[1] === '<', negated: looks[2] === '!', body } : body;
}

/** Takes what a sticky expression finds at the reader's place. */
function takeMatch(reader: Reader, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.source);
  if (match) reader.at += match[0].length;
  return match;
}
