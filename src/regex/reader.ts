import { RegexError, type RegexFlags, type RegexNode } from './tree.ts';

/** The state of the reader. Only its own functions change it. */
export interface Reader {
  readonly source: string;
  /** UTF-16 units read. */
  at: number;
  flags: ReaderFlags;
  /** Between `\Q` and `\E`. */
  quoting: boolean;
  /** Enclosing groups. */
  depth: number;
  /** Capturing groups opened so far. */
  groups: number;
  readonly names: Set<string>;
  readonly references: Reference[];
  /** Inline flags up to here are at the very start of the pattern. */
  leading: number;
  effective: RegexFlags;
  readonly notes: Set<string>;
}

export interface ReaderFlags extends RegexFlags {
  /** `x`: white space and `#` comments are not part of the pattern. */
  readonly extended: boolean;
  /** `U`: quantifiers are lazy unless followed by `?`. */
  readonly ungreedy: boolean;
}

export interface Reference {
  readonly to: number | string;
  readonly offset: number;
}

export function readerOf(source: string, flags: RegexFlags): Reader {
  return {
    source,
    at: 0,
    flags: { ...flags, extended: false, ungreedy: false },
    quoting: false,
    depth: 0,
    groups: 0,
    names: new Set(),
    references: [],
    leading: 0,
    effective: flags,
    notes: new Set(),
  };
}

export function take(reader: Reader, text: string): boolean {
  if (!reader.source.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}

/** Reads past the closing text, and returns what is before it. The error is at `opened`. */
export function takeUntil(reader: Reader, close: string, opened: number, what: string): string {
  const end = reader.source.indexOf(close, reader.at);
  if (end === -1) throw new RegexError(`${what} is not closed: \`${close}\` is missing`, opened);
  const text = reader.source.slice(reader.at, end);
  reader.at = end + close.length;
  return text;
}

/** Matches a sticky expression here, and moves past it. */
export function takeMatch(reader: Reader, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = reader.at;
  const match = sticky.exec(reader.source);
  if (!match) return undefined;
  reader.at = sticky.lastIndex;
  return match;
}

/** Reads a whole code point. */
export function takeCodePoint(reader: Reader): number {
  const codePoint = reader.source.codePointAt(reader.at) ?? 0;
  reader.at += codePoint > 0xffff ? 2 : 1;
  return codePoint;
}

export function charNode(codePoint: number, ignoreCase: boolean): RegexNode {
  return { kind: 'char', codePoint, ignoreCase };
}
