import { unflagged, unflaggedFile } from '../../backend/splunk/app-inspect.ts';

/** Stanza names to settings. */
export type ConfModel = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * A conf file as Splunk reads it; `reasons` are places that it would read differently from what
 * was meant.
 */
export interface ConfFile {
  readonly stanzas: ConfModel;
  readonly reasons: readonly string[];
}

// each starts with one certain character, so a long run of blanks costs a single pass
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]\s*/g;
// control characters, bidirectional marks (they make a text read as another), byte order marks,
// halves of surrogate pairs
const unprintable = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const backslash = 92;
const lineFeed = 10;
const space = 32;
const equalsSign = 61;
const openingBracket = 91;
const closingBracket = 93;

// most texts have none of them: one search is cheaper than two replacements
const either = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]/u;

const oneLine = (text: string): string =>
  (either.test(text) ? text.replace(lineBreaks, ' ').replace(unprintable, '') : text).trim();

/**
 * A text as a conf value: one line that never ends in a backslash, which would swallow the line
 * after it.
 */
export function confValue(text: string): string {
  const value = oneLine(text);
  return value.charCodeAt(value.length - 1) === backslash ? `${value}.` : value;
}

/**
 * Why a value whose meaning must not change (a search, a user's own setting) cannot be written as
 * it is.
 */
export function confError(value: string): string | undefined {
  if (value.trimEnd().endsWith('\\'))
    return 'ends in a backslash, which would join the next line to it';
  return /[\p{Cc}\u2028\u2029]/u.test(value)
    ? 'holds a line break or a control character'
    : undefined;
}

/** Letters, digits and `._:-` only: all that a setting's name is made of. */
export const isConfKey = (key: string): boolean => /^[A-Za-z_][\w.:-]*$/.test(key);

/**
 * A stanza's name: one line, `[` and `]` as parentheses, and never the name of the stanza that sets
 * values for all others.
 */
export function stanzaName(text: string): string {
  const value = confText(text);
  const name = /[[\]]/.test(value) ? value.replaceAll('[', '(').replaceAll(']', ')') : value;
  return /^(default|general|global|stash)?$/i.test(name) ? `${name} (detection)`.trim() : name;
}

/** Names with the same key are one stanza to Splunk. */
export const stanzaKey = (name: string): string => stanzaName(name).toLowerCase();

/**
 * A rule's text as a conf value. Folded first: what stood on two lines may be flagged once it is on
 * one.
 */
export const confText = (text: string): string => unflagged(confValue(text));

// line ends of other systems, and what shows nothing or makes a text read as another
const foreignLineEnd = /\r\n?|[\u0085\u2028\u2029]/g;
const eitherInLines = /[^\P{Cc}\t\n]|[\p{Cs}\u2028-\u202e\u2066-\u2069\ufeff]/u;
const unseenInLines = /[^\P{Cc}\t\n]|[\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A text of several lines for a lookup, which AppInspect does not flag. */
export function unflaggedLines(text: string): string {
  const seen = eitherInLines.test(text)
    ? text.replace(foreignLineEnd, '\n').replace(unseenInLines, '')
    : text;
  return unflaggedFile(seen);
}

/**
 * Called with the places of a statement in `text`, white space around it left out; `line` is its
 * number, from 1.
 */
interface ConfVisitor {
  stanza(name: string, line: number): void;
  /** The value stands in `text` from `start` to `end`. */
  setting(key: string, text: string, start: number, end: number, line: number): void;
  reason(message: string): void;
  /** The lines from `at` on that need no reading, if there are any. */
  known?(text: string, at: number, line: number): KnownLines | undefined;
}

interface KnownLines {
  /** Where the last of them ends. */
  readonly end: number;
  readonly count: number;
}

/**
 * Reads a conf file: comments, `\` continuation lines, stanzas. Repeated stanzas are merged and
 * repeated keys overwritten, as in Splunk, and reported.
 */
export function readConf(
  text: string,
  bounds?: { readonly stanzas: number; readonly settings: number },
): ConfFile {
  const stanzas = new Map<string, Map<string, string>>();
  const reasons: string[] = [];
  let name = 'default';
  let stanzaCount = 0;
  let settingCount = 0;
  const report = (message: string): void => {
    if (reasons.length < mostErrors) reasons.push(message);
  };
  visitConf(text, {
    stanza: (stanza, line) => {
      if (bounds && ++stanzaCount > bounds.stanzas)
        throw new ConfBoundError(`more than ${bounds.stanzas} stanzas`);
      settingCount = 0;
      if (stanzas.has(stanza)) report(repeated(line, `[${stanza}]`));
      else stanzas.set(stanza, new Map());
      name = stanza;
    },
    setting: (key, source, start, end, line) => {
      if (bounds && ++settingCount > bounds.settings)
        throw new ConfBoundError(`more than ${bounds.settings} settings in a stanza`);
      const settings = stanzas.get(name) ?? new Map<string, string>();
      stanzas.set(name, settings);
      if (settings.has(key)) report(repeated(line, `[${name}] ${key}`));
      settings.set(key, source.slice(start, end));
    },
    reason: report,
  });
  return { stanzas, reasons };
}

/**
 * What a pack of 100,000 rules stays far below: it has two stanzas for each, of some forty
 * settings.
 */
const confBounds = { stanzas: 400_000, settings: 1000, lines: 10_000_000 } as const;
const mostErrors = 1000;

/** A conf file that is larger than any of Sigpack's. */
export class ConfBoundError extends Error {
  override readonly name = 'ConfBoundError';
}

/**
 * As {@link readConf}, and ends at the first stanza, setting of a stanza or line that is one too
 * many. Throws {@link ConfBoundError}.
 */
export function readBoundedConf(text: string): ConfFile {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  if (lines > confBounds.lines) throw new ConfBoundError(`more than ${confBounds.lines} lines`);
  return readConf(text, confBounds);
}

const repeated = (line: number, what: string): string => `line ${line}: ${what} a second time`;

/** Works on places in the text: a file of ten megabytes is read back without a copy of it. */
function visitConf(text: string, visitor: ConfVisitor): void {
  let pending = '';
  let number = 0;
  for (let at = 0; at < text.length; ) {
    const known = pending === '' ? visitor.known?.(text, at, number + 1) : undefined;
    if (known !== undefined) {
      number += known.count;
      at = known.end + 1;
      continue;
    }
    const found = text.indexOf('\n', at);
    const next = found < 0 ? text.length : found;
    const end = next > at && text.charCodeAt(next - 1) === 13 ? next - 1 : next;
    number += 1;
    if (end > at && text.charCodeAt(end - 1) === backslash)
      pending += `${text.slice(at, end - 1)}\n`;
    else if (pending === '') visitLine(text, at, end, number, visitor);
    else {
      const joined = pending + text.slice(at, end);
      pending = '';
      visitLine(joined, 0, joined.length, number, visitor);
    }
    at = next + 1;
  }
  if (pending !== '') visitor.reason(`line ${number}: the last line continues`);
}

// none of these is white space, so most lines are done with one comparison
const isSpace = (code: number): boolean =>
  code <= 32 || (code >= 0xa0 && String.fromCharCode(code).trim() === '');

function visitLine(
  text: string,
  from: number,
  to: number,
  number: number,
  visitor: ConfVisitor,
): void {
  let start = from;
  let end = to;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  if (start === end) return;
  if (end < to && text.charCodeAt(end - 1) === backslash)
    visitor.reason(`line ${number}: a backslash followed by white space`);
  const first = text[start];
  if (first === '#' || first === ';') return;
  if (first === '[') {
    const name = text.slice(start + 1, end - 1);
    if (text[end - 1] !== ']' || name.includes(']') || name.includes('['))
      visitor.reason(`line ${number}: stanza name with brackets or text after it`);
    visitor.stanza(name, number);
    return;
  }
  const equals = text.indexOf('=', start);
  if (equals < 0 || equals >= end) {
    visitor.reason(`line ${number}: neither a stanza nor a setting`);
    return;
  }
  let keyEnd = equals;
  while (keyEnd > start && isSpace(text.charCodeAt(keyEnd - 1))) keyEnd -= 1;
  let value = equals + 1;
  while (value < end && isSpace(text.charCodeAt(value))) value += 1;
  visitor.setting(text.slice(start, keyEnd), text, value, end, number);
}

/**
 * What a conf file says otherwise than the model it was rendered from. Stanzas and settings beyond
 * the model are differences too unless `extras` allows them (a user's own template may add some).
 */
export function compareConf(
  expected: ConfModel,
  text: string,
  extras: 'refuse' | 'allow' = 'refuse',
): string[] {
  const differences: string[] = [];
  const seen = new Set<string>();
  const order = expected.entries();
  let upcoming = order.next().value;
  let check = settingChecker('default', expected.get('default'), extras, differences);
  const begin = (
    name: string,
    line: number,
    settings: ReadonlyMap<string, string> | undefined,
    met: number,
  ): void => {
    check.end();
    if (seen.has(name)) differences.push(repeated(line, `[${name}]`));
    seen.add(name);
    if (name === upcoming?.[0]) upcoming = order.next().value;
    if (settings === undefined && extras === 'refuse')
      differences.push(`[${name}] was not meant to be there`);
    check = settingChecker(name, settings, extras, differences, met);
  };
  const keys = new Set<string>();
  visitConf(text, {
    stanza: (name, line) => begin(name, line, expected.get(name), 0),
    setting: (key, source, start, end, line) => check.setting(key, source.slice(start, end), line),
    reason: (message) => differences.push(message),
    known: (source, at, line) => {
      if (upcoming === undefined || source.charCodeAt(at) !== openingBracket) return undefined;
      const [name, settings] = upcoming;
      const lines = wholeStanza(source, at, name, settings, keys);
      if (lines !== undefined) begin(name, line, settings, settings.size);
      return lines;
    },
  });
  check.end();
  for (const name of expected.keys()) if (!seen.has(name)) differences.push(`[${name}] is missing`);
  return differences;
}

/**
 * What Splunk would not read as it is where each setting of a stanza is a line `key = value`.
 * `soundKeys` collects names of settings that were looked at: a few dozen make a hundred thousand
 * settings.
 */
export function misread(
  name: string,
  settings: ReadonlyMap<string, string>,
  soundKeys: Set<string>,
): string[] {
  const reasons: string[] = [];
  if (/[[\]\n]/.test(name)) reasons.push(`[${name}] would not be read as it is`);
  settings.forEach((value, key) => {
    if (!soundKeys.has(key)) {
      if (isConfKey(key)) soundKeys.add(key);
      else reasons.push(`[${name}] ${key} would not be read as it is`);
    }
    if (value !== '' && !readsAsItIs(value))
      reasons.push(`[${name}] ${key} would not be read as it is: ${excerpt(value)}`);
  });
  return reasons;
}

interface SettingChecker {
  setting(key: string, value: string, line: number): void;
  end(): void;
}

type Settings = ReadonlyMap<string, string>;

/**
 * `met`: how many of the settings were read before. They mostly come in the model's order; only
 * from the first that does not are keys looked up.
 */
function settingChecker(
  name: string,
  expected: Settings | undefined,
  extras: 'refuse' | 'allow',
  differences: string[],
  met = 0,
): SettingChecker {
  const order = met === 0 ? expected?.entries() : undefined;
  let upcoming = order?.next().value;
  let found: Set<string> | undefined;
  let count = met;
  const lookUp = (key: string, value: string, line: number): void => {
    // those before this one were met in order
    found ??= new Set([...(expected?.keys() ?? [])].slice(0, count));
    if (found.has(key)) differences.push(repeated(line, `[${name}] ${key}`));
    found.add(key);
    const wanted = expected?.get(key);
    if (wanted === undefined) {
      if (extras === 'refuse') differences.push(`[${name}] ${key} was not meant to be there`);
    } else if (wanted !== value)
      differences.push(`[${name}] ${key} reads ${excerpt(value)}, not ${excerpt(wanted)}`);
  };
  return {
    setting: (key, value, line) => {
      if (
        found === undefined &&
        upcoming !== undefined &&
        upcoming[0] === key &&
        upcoming[1] === value
      ) {
        count += 1;
        upcoming = order?.next().value;
      } else lookUp(key, value, line);
    },
    end: () => {
      if (expected === undefined || (found === undefined && count === expected.size)) return;
      const present = found ?? new Set([...expected.keys()].slice(0, count));
      for (const key of expected.keys())
        if (!present.has(key)) differences.push(`[${name}] ${key} is missing`);
    },
  };
}

/**
 * The lines of a stanza that says all its settings just as they are read, up to a blank line;
 * undefined for any other. Most are: two hundred thousand lines are compared in place. `keys`
 * collects names of settings that were looked at.
 */
function wholeStanza(
  text: string,
  at: number,
  name: string,
  settings: Settings,
  keys: Set<string>,
): KnownLines | undefined {
  let end = at + name.length + 2;
  const named =
    text.charCodeAt(end) === lineFeed &&
    text.charCodeAt(end - 1) === closingBracket &&
    text.startsWith(name, at + 1);
  if (!named || /[[\]\n]/.test(name)) return undefined;
  for (const [key, value] of settings) {
    end = endOfSetting(text, end + 1, key, value);
    if (end < 0) return undefined;
    if (!keys.has(key)) {
      if (!isConfKey(key)) return undefined;
      keys.add(key);
    }
  }
  return end + 1 === text.length || text.charCodeAt(end + 1) === lineFeed
    ? { end, count: settings.size + 1 }
    : undefined;
}

/**
 * Where a line ends that says a setting just as it is written and read, one line without a
 * continuation; -1 for any other line.
 */
function endOfSetting(text: string, at: number, key: string, value: string): number {
  const equals = at + key.length + 1;
  const end = equals + 2 + value.length;
  const parted =
    text.charCodeAt(equals - 1) === space &&
    text.charCodeAt(equals) === equalsSign &&
    text.charCodeAt(equals + 1) === space;
  if (!parted || text.charCodeAt(end) !== lineFeed) return -1;
  return text.startsWith(value, equals + 2) && text.startsWith(key, at) && readsAsItIs(value)
    ? end
    : -1;
}

function readsAsItIs(value: string): boolean {
  const last = value.charCodeAt(value.length - 1);
  return (
    value !== '' &&
    last !== backslash &&
    !isSpace(last) &&
    !isSpace(value.charCodeAt(0)) &&
    !value.includes('\n')
  );
}

const excerpt = (value: string): string =>
  JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
