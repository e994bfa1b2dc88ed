import { PatternError } from '../pattern-error.ts';
import { createReferences, type References } from './references.ts';
import { characterSpelling } from './spelling.ts';

export interface Flags {
  multiline: boolean;
  dotAll: boolean;
  verbose: boolean;
}

/** A group whose bracket is open. */
export interface OpenGroup {
  /** Of what surrounds the group. */
  readonly flags: Flags;
  /** What both engines need in place of its closing bracket. */
  readonly close: string;
}

/** Reads a pattern of Python's from left to right and writes it for both engines. */
export interface Reader {
  readonly source: string;
  /** UTF-16 units read. */
  at: number;
  flags: Flags;
  readonly openGroups: OpenGroup[];
  linear: string;
  script: string;
  /** RE2 has no such thing. */
  scriptOnly: boolean;
  hasEnd: boolean;
  hasBoundary: boolean;
  /** Groups by name. */
  readonly names: Map<string, number>;
  readonly references: References;
}

export function createReader(source: string): Reader {
  return {
    source,
    at: 0,
    flags: { multiline: false, dotAll: false, verbose: false },
    openGroups: [],
    linear: '',
    script: '',
    scriptOnly: false,
    hasEnd: false,
    hasBoundary: false,
    names: new Map(),
    references: createReferences(),
  };
}

export function emit(reader: Reader, linear: string, script = linear): void {
  reader.linear += linear;
  reader.script += script;
}

export function emitCharacter(reader: Reader, code: number): void {
  const { linear, script } = characterSpelling(code);
  emit(reader, linear, script);
}

/** Takes the next code point. */
export function takeCode(reader: Reader): number {
  const code = reader.source.codePointAt(reader.at);
  if (code === undefined) throw new PatternError('the pattern ends too early');
  reader.at += code > 0xffff ? 2 : 1;
  return code;
}

/** What a sticky expression finds at the reader's place; the reader stays there. */
export function matchHere({ source, at }: Reader, sticky: RegExp): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(source);
}

/** Sets or clears flags by their letters. True where `i` is among them: its engines take it. */
export function setFlags(flags: Flags, letters: string, value: boolean): boolean {
  if (/[aL]/.test(letters)) throw new PatternError('the flags `a` and `L` are not supported');
  if (letters.includes('m')) flags.multiline = value;
  if (letters.includes('s')) flags.dotAll = value;
  if (letters.includes('x')) flags.verbose = value;
  return letters.includes('i');
}
