import { failed, ok, type Result } from '../../source/result.ts';

/** Settings by stanza name. */
export type ConfModel = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A conf file as Splunk reads it; `reasons` are places where that differs from what was meant. */
export interface ConfFile {
  readonly stanzas: ConfModel;
  readonly reasons: readonly string[];
}

/**
 * Receives the positions of statements in `text`, without surrounding white space; `line` counts
 * from 1.
 */
export interface ConfVisitor {
  stanza(name: string, line: number): void;
  /** The value is in `text` from `start` to `end`. */
  setting(key: string, text: string, start: number, end: number, line: number): void;
  reason(message: string): void;
  /** The lines from `at` on that need not be parsed, if any. */
  known?(text: string, at: number, line: number): KnownLines | undefined;
  /** True: the rest of the file is not read. */
  isDone?(): boolean;
}

export interface KnownLines {
  /** The end of the last of them. */
  readonly end: number;
  readonly count: number;
}

/**
 * Reads a conf file: comments, `\` continuation lines, stanzas. Repeated stanzas are merged and
 * repeated keys overwritten, as in Splunk, and reported.
 */
export function readConf(text: string): ConfFile {
  const { file, visitor } = createReader();
  visitConf(text, visitor);
  return file;
}

/**
 * A pack of 100,000 rules stays far below: it has two stanzas for each, with some forty settings.
 */
const confBounds = { stanzas: 400_000, settings: 1000, lines: 10_000_000 } as const;

/**
 * Like {@link readConf}. The error names what exceeds any conf file of a pack, such as `more than
 * 1000 settings in a stanza`.
 */
export function readBoundedConf(text: string): Result<ConfFile> {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  if (lines > confBounds.lines) return failed(`more than ${confBounds.lines} lines`);
  const { file, visitor } = createReader();
  let stanzas = 0;
  let settings = 0;
  visitConf(text, {
    ...visitor,
    stanza(name, line) {
      stanzas += 1;
      settings = 0;
      visitor.stanza(name, line);
    },
    setting(...given) {
      settings += 1;
      visitor.setting(...given);
    },
    isDone: () => stanzas > confBounds.stanzas || settings > confBounds.settings,
  });
  if (stanzas > confBounds.stanzas) return failed(`more than ${confBounds.stanzas} stanzas`);
  if (settings > confBounds.settings)
    return failed(`more than ${confBounds.settings} settings in a stanza`);
  return ok(file);
}

const mostReasons = 1000;

function createReader(): { readonly file: ConfFile; readonly visitor: ConfVisitor } {
  const stanzas = new Map<string, Map<string, string>>();
  const reasons: string[] = [];
  let name = 'default';
  const report = (message: string): void => {
    if (reasons.length < mostReasons) reasons.push(message);
  };
  const visitor: ConfVisitor = {
    stanza(stanza, line) {
      if (stanzas.has(stanza)) report(repeated(line, `[${stanza}]`));
      else stanzas.set(stanza, new Map());
      name = stanza;
    },
    setting(key, source, start, end, line) {
      const settings = stanzas.get(name) ?? new Map<string, string>();
      stanzas.set(name, settings);
      if (settings.has(key)) report(repeated(line, `[${name}] ${key}`));
      settings.set(key, source.slice(start, end));
    },
    reason: report,
  };
  return { file: { stanzas, reasons }, visitor };
}

export const repeated = (line: number, what: string): string =>
  `line ${line}: ${what} a second time`;

const backslash = 92;

/** Works on positions in the text, so that ten megabytes are read back without a copy. */
export function visitConf(text: string, visitor: ConfVisitor): void {
  let pending = '';
  let number = 0;
  for (let at = 0; at < text.length && !visitor.isDone?.(); ) {
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

// most characters are not white space, so most lines take one comparison
export const isSpace = (code: number): boolean =>
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
