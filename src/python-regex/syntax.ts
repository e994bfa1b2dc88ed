import { createReferences, type References } from './references.ts';

/**
 * Python's pattern for two engines. Groups are numbered, not named: names of Python's are no names
 * of theirs.
 */
export interface Translation {
  /** For RE2; undefined: it has no such thing as look-around. */
  readonly linear: string | undefined;
  /** For a RegExp with the flag `v`; an error: what it can't do as Python does. */
  readonly backtracking: string | Error;
  /**
   * Of the whole pattern: `backtracking` leaves it to a flag, since Node 22 has no groups for it.
   */
  readonly ignoreCase: boolean;
  readonly names: ReadonlyMap<string, number>;
  /** Of groups. */
  readonly count: number;
  /** True for texts on which RE2 would find another match than Python. */
  readonly differs: ((text: string) => boolean) | undefined;
}

interface Flags {
  multiline: boolean;
  dotAll: boolean;
  verbose: boolean;
}

interface Frame {
  /** Of what surrounds the group. */
  readonly flags: Flags;
  readonly close: string;
}

interface Reader {
  readonly source: string;
  at: number;
  flags: Flags;
  linear: string;
  script: string;
  /** RE2 has no such thing. */
  scriptOnly: boolean;
  hasEnd: boolean;
  hasBoundary: boolean;
  readonly names: Map<string, number>;
  readonly references: References;
}

const longestPattern = 20_000;
const word = '\\p{L}\\p{N}_';
/** As `str.isspace` has it. */
const space =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const linearSpace = space.replace(/\\u([0-9a-f]{4})/g, '\\x{$1}');
const boundary = `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`;
const noBoundary = `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`;
const classes: ReadonlyMap<
  string,
  { readonly linear: string | undefined; readonly script: string }
> = new Map([
  ['d', { linear: '\\p{Nd}', script: '\\p{Nd}' }],
  ['D', { linear: '\\P{Nd}', script: '\\P{Nd}' }],
  ['w', { linear: word, script: word }],
  ['W', { linear: undefined, script: `[^${word}]` }],
  ['s', { linear: linearSpace, script: space }],
  ['S', { linear: undefined, script: `[^${space}]` }],
]);
const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** Throws an Error where the pattern is wrong or has what neither engine can do. */
export function translate(source: string): Translation {
  if (source.length > longestPattern)
    throw new Error(`the pattern is longer than ${longestPattern} characters`);
  const flags: Flags = { multiline: false, dotAll: false, verbose: false };
  const reader: Reader = {
    source,
    at: 0,
    flags,
    linear: '',
    script: '',
    scriptOnly: false,
    hasEnd: false,
    hasBoundary: false,
    names: new Map(),
    references: createReferences(),
  };
  const ignoreCase = readGlobalFlags(reader);
  const frames: Frame[] = [];
  while (reader.at < source.length) readNext(reader, frames);
  if (frames.length > 0) throw new Error('a bracket of the pattern is not closed');
  const { linear, script, names, references, scriptOnly, hasEnd, hasBoundary } = reader;
  return {
    linear: scriptOnly ? undefined : ignoreCase ? `(?i:${linear})` : linear,
    backtracking: references.reason() ?? script,
    ignoreCase,
    names,
    count: references.count(),
    // Python's `$` also stands before a final line break, its `\b` knows letters of all scripts
    differs:
      hasEnd || hasBoundary
        ? (text) => (hasEnd && text.endsWith('\n')) || (hasBoundary && /[^\0-\x7f]/.test(text))
        : undefined,
  };
}

function readGlobalFlags(reader: Reader): boolean {
  let ignoreCase = false;
  for (let match = flagsAt(reader); match; match = flagsAt(reader)) {
    reader.at += match[0].length;
    ignoreCase ||= setFlags(reader.flags, match[1] ?? '', true);
  }
  return ignoreCase;
}

function flagsAt({ source, at }: Reader): RegExpExecArray | null {
  const pattern = /\(\?([aiLmsux]+)\)/y;
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** True where case is to be ignored. */
function setFlags(flags: Flags, letters: string, value: boolean): boolean {
  if (/[aL]/.test(letters)) throw new Error('the flags `a` and `L` are not supported');
  if (letters.includes('m')) flags.multiline = value;
  if (letters.includes('s')) flags.dotAll = value;
  if (letters.includes('x')) flags.verbose = value;
  return letters.includes('i');
}

function emit(reader: Reader, linear: string, script = linear): void {
  reader.linear += linear;
  reader.script += script;
}

function emitChar(reader: Reader, code: number): void {
  emit(reader, linearChar(code), scriptChar(code));
}

const isPlain = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const linearChar = (code: number): string =>
  isPlain(code) ? String.fromCharCode(code) : `\\x{${code.toString(16)}}`;
const scriptChar = (code: number): string =>
  isPlain(code) ? String.fromCharCode(code) : `\\u{${code.toString(16)}}`;

function takeCode(reader: Reader): number {
  const code = reader.source.codePointAt(reader.at);
  if (code === undefined) throw new Error('the pattern ends too early');
  reader.at += code > 0xffff ? 2 : 1;
  return code;
}

function readNext(reader: Reader, frames: Frame[]): void {
  const char = reader.source[reader.at] ?? '';
  const { flags, references } = reader;
  if (flags.verbose && (/\s/.test(char) || char === '#')) {
    const end = char === '#' ? reader.source.indexOf('\n', reader.at) : reader.at;
    reader.at = end < 0 ? reader.source.length : end + 1;
    return;
  }
  if (char === '*' || char === '+' || char === '?' || char === '{') {
    readQuantifier(reader);
    return;
  }
  references.atom(!isPosition(reader));
  if (char === '\\') readEscape(reader);
  else if (char === '[') readClass(reader);
  else if (char === '(') openGroup(reader, frames);
  else if (char === ')') closeGroup(reader, frames);
  else if (char === '|') {
    references.branch();
    reader.at++;
    emit(reader, '|');
  } else readPlain(reader, char);
}

/** True at what matches a place, which can't be repeated. */
function isPosition({ source, at }: Reader): boolean {
  return /^(?:[\^$]|\\[AZbB])/.test(source.slice(at, at + 2));
}

function readPlain(reader: Reader, char: string): void {
  const { multiline, dotAll } = reader.flags;
  const code = takeCode(reader);
  if (char === '.') emit(reader, dotAll ? '(?s:.)' : '[^\\n]', dotAll ? '[^]' : '[^\\n]');
  else if (char === '^')
    emit(reader, multiline ? '(?m:^)' : '\\A', multiline ? '(?<![^\\n])' : '(?<![^])');
  else if (char === '$') {
    if (!multiline) reader.hasEnd = true;
    emit(reader, multiline ? '(?m:$)' : '\\z', multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))');
  } else emitChar(reader, code);
}

function readQuantifier(reader: Reader): void {
  const pattern = /([*+?]|\{(?:(\d+)(,\d*)?|(,\d*))\})([?+]?)/y;
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.source);
  if (!match || match[0].startsWith('{,}')) {
    // a bracket that counts nothing is a character
    reader.references.atom(true);
    emitChar(reader, takeCode(reader));
    return;
  }
  const [whole, sign = '', least, upTo, onlyUpTo, mode = ''] = match;
  if (mode === '+') throw new Error('possessive quantifiers are not supported');
  if (
    !reader.references.quantify(
      sign === '*' || sign === '?' || Number(least ?? 1) === 0 || onlyUpTo !== undefined,
      sign !== '?',
    )
  )
    throw new Error(`\`${whole}\` has nothing to repeat`);
  reader.at += whole.length;
  const count =
    onlyUpTo === undefined
      ? least === undefined
        ? sign
        : `{${least}${upTo ?? ''}}`
      : `{0${onlyUpTo}}`;
  emit(reader, count + mode);
}

function readEscape(reader: Reader): void {
  const next = reader.source[reader.at + 1] ?? '';
  const known = classes.get(next);
  if (known) {
    reader.at += 2;
    const negated = next === 'W' ? `[^${word}]` : `[^${linearSpace}]`;
    emit(reader, known.linear === undefined ? negated : `[${known.linear}]`, `[${known.script}]`);
    return;
  }
  if (next === 'A' || next === 'Z') {
    reader.at += 2;
    emit(reader, next === 'A' ? '\\A' : '\\z', next === 'A' ? '(?<![^])' : '(?![^])');
  } else if (next === 'b' || next === 'B') {
    reader.at += 2;
    reader.hasBoundary = true;
    emit(reader, `\\${next}`, next === 'b' ? boundary : noBoundary);
  } else if (
    /[1-9]/.test(next) &&
    !/^[1-3][0-7]{2}/.test(reader.source.slice(reader.at + 1, reader.at + 4))
  ) {
    const digits = /^[0-9]{1,2}/.exec(reader.source.slice(reader.at + 1))?.[0] ?? '';
    reader.at += 1 + digits.length;
    refer(reader, Number(digits));
  } else emitChar(reader, readCharacterEscape(reader));
}

function refer(reader: Reader, group: number): void {
  reader.references.refer(group);
  reader.scriptOnly = true;
  emit(reader, '', `(?:\\${group})`);
}

/** One character written as an escape, inside of a class or out of it. */
function readCharacterEscape(reader: Reader): number {
  const rest = reader.source.slice(reader.at + 1, reader.at + 10);
  const numeric =
    /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2}))/.exec(
      rest,
    );
  if (numeric) {
    reader.at += 1 + numeric[0].length;
    const code =
      numeric[4] === undefined
        ? Number.parseInt(numeric[1] ?? numeric[2] ?? numeric[3] ?? '', 16)
        : Number.parseInt(numeric[4], 8);
    if (code > 0x10ffff) throw new Error(`\`\\${numeric[0]}\` is no character`);
    return code;
  }
  reader.at++;
  const code = takeCode(reader);
  const char = String.fromCodePoint(code);
  const control = controls.get(char);
  if (control !== undefined) return control;
  if (/[A-Za-z0-9]/.test(char)) throw new Error(`\`\\${char}\` is no escape of Python's`);
  return code;
}

function readClass(reader: Reader): void {
  reader.at++;
  const negated = reader.source[reader.at] === '^';
  if (negated) reader.at++;
  let linear = '';
  let script = '';
  for (let first = true; first || reader.source[reader.at] !== ']'; first = false) {
    const item = readClassItem(reader);
    if (
      typeof item === 'number' &&
      reader.source[reader.at] === '-' &&
      reader.source[reader.at + 1] !== ']'
    ) {
      reader.at++;
      const last = readClassItem(reader);
      if (typeof last !== 'number' || last < item)
        throw new Error('a range of a class has no right end');
      linear += `${linearChar(item)}-${linearChar(last)}`;
      script += `${scriptChar(item)}-${scriptChar(last)}`;
    } else if (typeof item === 'number') {
      linear += linearChar(item);
      script += scriptChar(item);
    } else {
      if (item.linear === undefined) reader.scriptOnly = true;
      linear += item.linear ?? '';
      script += item.script;
    }
  }
  reader.at++;
  const open = negated ? '[^' : '[';
  emit(reader, `${open}${linear}]`, `${open}${script}]`);
}

function readClassItem(
  reader: Reader,
): number | { readonly linear: string | undefined; readonly script: string } {
  if (reader.source[reader.at] !== '\\') return takeCode(reader);
  const next = reader.source[reader.at + 1] ?? '';
  const known = classes.get(next);
  if (known || next === 'b') reader.at += 2;
  return known ?? (next === 'b' ? 8 : readCharacterEscape(reader));
}

function openGroup(reader: Reader, frames: Frame[]): void {
  const { source, references } = reader;
  if (source[reader.at + 1] !== '?') {
    reader.at++;
    references.open(true);
    pushGroup(reader, frames, '(');
    return;
  }
  const pattern =
    /\(\?(?:(:|=|!|<=|<!)|P<([^>]*)>|P=([^)]*)\)|(#)[^)]*\)|([imsuxaL]*)(?:-([imsx]+))?:)/y;
  pattern.lastIndex = reader.at;
  const match = pattern.exec(source);
  if (!match) throw new Error(`\`${source.slice(reader.at, reader.at + 4)}\` is not supported`);
  reader.at += match[0].length;
  const [, sign, name, reference, comment, on = '', off = ''] = match;
  if (comment !== undefined) return;
  if (reference !== undefined)
    refer(reader, reader.names.get(reference) ?? unknownGroup(reference));
  else if (name !== undefined) {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) || reader.names.has(name))
      throw new Error(`\`${name}\` can't name a group, or names another one`);
    pushGroup(reader, frames, '(');
    reader.names.set(name, references.open(true));
  } else if (sign !== undefined) {
    references.open(false);
    const looks = sign !== ':';
    if (looks) reader.scriptOnly = true;
    // RegExp repeats no look-around, but a group of it
    pushGroup(reader, frames, looks ? `(?:(?${sign}` : '(?:', looks ? '))' : ')');
  } else {
    references.open(false);
    openFlagged(reader, frames, on, off);
  }
}

function unknownGroup(name: string): never {
  throw new Error(`there is no group \`${name}\` before its reference`);
}

function openFlagged(reader: Reader, frames: Frame[], on: string, off: string): void {
  frames.push({ flags: { ...reader.flags }, close: ')' });
  const turnedOn = setFlags(reader.flags, on, true);
  const turnedOff = setFlags(reader.flags, off, false);
  emit(reader, turnedOn ? '(?i:' : turnedOff ? '(?-i:' : '(?:');
}

function pushGroup(reader: Reader, frames: Frame[], open: string, close = ')'): void {
  frames.push({ flags: { ...reader.flags }, close });
  emit(reader, open);
}

function closeGroup(reader: Reader, frames: Frame[]): void {
  const frame = frames.pop();
  if (!frame) throw new Error('`)` closes no group');
  reader.flags = frame.flags;
  reader.references.close();
  reader.at++;
  emit(reader, frame.close);
}
