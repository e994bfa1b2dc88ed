import { failed, ok, type Result } from '../../source/result.ts';
import { PatternError } from '../pattern-error.ts';
import { readClass } from './class.ts';
import { readEscape } from './escape.ts';
import { closeGroup, openGroup } from './group.ts';
import {
  createReader,
  emit,
  emitCharacter,
  matchHere,
  type Reader,
  setFlags,
  takeCode,
} from './reader.ts';

/** Python's pattern for two engines. Groups are numbered: neither takes all of Python's names. */
export interface Translation {
  /** For RE2; undefined: it has no such thing as look-around. */
  readonly linear: string | undefined;
  /** For a RegExp with the flag `v`; the error: what it can't do as Python does. */
  readonly backtracking: Result<string>;
  /**
   * Of the whole pattern: `backtracking` leaves it to a flag, since Node 22 has no groups for it.
   */
  readonly ignoreCase: boolean;
  /** Groups by name. */
  readonly names: ReadonlyMap<string, number>;
  readonly groupCount: number;
  /** True for texts on which RE2 would find another match than Python. */
  readonly differs: ((text: string) => boolean) | undefined;
}

const longestPattern = 20_000;

/** Throws {@link PatternError} where the pattern is wrong or has what neither engine can do. */
export function translate(source: string): Translation {
  if (source.length > longestPattern)
    throw new PatternError(`the pattern is longer than ${longestPattern} characters`);
  const reader = createReader(source);
  const ignoreCase = readGlobalFlags(reader);
  while (reader.at < source.length) readNext(reader);
  if (reader.openGroups.length > 0)
    throw new PatternError('a bracket of the pattern is not closed');
  const { linear, script, names, references, scriptOnly } = reader;
  const reason = references.uncertainty();
  return {
    linear: scriptOnly ? undefined : ignoreCase ? `(?i:${linear})` : linear,
    backtracking: reason === undefined ? ok(script) : failed(reason),
    ignoreCase,
    names,
    groupCount: references.count(),
    differs: differenceTest(reader),
  };
}

/** Python's `$` also matches before a final line break, its `\b` knows letters of all scripts. */
function differenceTest({ hasEnd, hasBoundary }: Reader): Translation['differs'] {
  if (!hasEnd && !hasBoundary) return undefined;
  return (text) => (hasEnd && text.endsWith('\n')) || (hasBoundary && /[^\0-\x7f]/.test(text));
}

/** The flags at the start of the pattern. True where case is to be ignored. */
function readGlobalFlags(reader: Reader): boolean {
  const pattern = /\(\?([aiLmsux]+)\)/y;
  let ignoreCase = false;
  for (let match = matchHere(reader, pattern); match; match = matchHere(reader, pattern)) {
    reader.at += match[0].length;
    ignoreCase ||= setFlags(reader.flags, match[1] ?? '', true);
  }
  return ignoreCase;
}

function readNext(reader: Reader): void {
  const char = reader.source[reader.at] ?? '';
  const { flags, references } = reader;
  if (flags.verbose && (/\s/.test(char) || char === '#')) {
    skipVerbose(reader, char);
    return;
  }
  if (/[*+?{]/.test(char)) {
    readQuantifier(reader);
    return;
  }
  references.atom(!isPosition(reader));
  if (char === '\\') readEscape(reader);
  else if (char === '[') readClass(reader);
  else if (char === '(') openGroup(reader);
  else if (char === ')') closeGroup(reader);
  else if (char === '|') {
    references.branch();
    reader.at++;
    emit(reader, '|');
  } else readPlain(reader, char);
}

/** White space, or a comment up to the end of its line. */
function skipVerbose(reader: Reader, char: string): void {
  const end = char === '#' ? reader.source.indexOf('\n', reader.at) : reader.at;
  reader.at = end < 0 ? reader.source.length : end + 1;
}

/** True at what matches a place, which can't be repeated. */
const isPosition = (reader: Reader): boolean => matchHere(reader, /[\^$]|\\[AZbB]/y) !== null;

function readPlain(reader: Reader, char: string): void {
  const { multiline, dotAll } = reader.flags;
  const code = takeCode(reader);
  if (char === '.') emit(reader, dotAll ? '(?s:.)' : '[^\\n]', dotAll ? '[^]' : '[^\\n]');
  else if (char === '^')
    emit(reader, multiline ? '(?m:^)' : '\\A', multiline ? '(?<![^\\n])' : '(?<![^])');
  else if (char === '$') {
    if (!multiline) reader.hasEnd = true;
    emit(reader, multiline ? '(?m:$)' : '\\z', multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))');
  } else emitCharacter(reader, code);
}

const quantifier = /([*+?]|\{(?:(\d+)(,\d*)?|(,\d*))\})([?+]?)/y;

function readQuantifier(reader: Reader): void {
  const match = matchHere(reader, quantifier);
  if (!match || match[0].startsWith('{,}')) {
    // a bracket that counts nothing is a character
    reader.references.atom(true);
    emitCharacter(reader, takeCode(reader));
    return;
  }
  const [whole, sign = '', least, upTo = '', onlyUpTo, mode = ''] = match;
  if (mode === '+') throw new PatternError('possessive quantifiers are not supported');
  const optional =
    sign === '*' || sign === '?' || Number(least ?? 1) === 0 || onlyUpTo !== undefined;
  if (!reader.references.quantify(optional, sign !== '?'))
    throw new PatternError(`\`${whole}\` has nothing to repeat`);
  reader.at += whole.length;
  const count =
    onlyUpTo === undefined ? (least === undefined ? sign : `{${least}${upTo}}`) : `{0${onlyUpTo}}`;
  emit(reader, count + mode);
}
