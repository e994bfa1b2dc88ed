import { type Fail, limits, tooDeep, tooLong } from './event-error.ts';
import { recordSeparator } from './form.ts';

/** The text of one event and the line where it begins, from 1. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/** Cuts an input into the texts of its events, chunk by chunk. Read each iterable to its end. */
export interface Splitter {
  push(chunk: string): Iterable<Piece>;
  end(): Iterable<Piece>;
}

interface Scan {
  readonly fail: Fail;
  line: number;
  startLine: number;
  /** Nesting inside the current event; 0 is between events. */
  depth: number;
  inString: boolean;
  /** The next character of the string is escaped. */
  escaped: boolean;
  /** The part of the event that earlier chunks had. */
  held: string;
  /** Position in a list of events: before the first, after one, after a comma. */
  list: 'none' | 'first' | 'after' | 'next';
  /** Number of objects around the list. */
  envelope: number;
  /** After the list, up to the end of the objects around it. */
  skipping: boolean;
}

/**
 * JSON documents one after the other, with or without line breaks, lists of them, and lists in the
 * envelopes of Splunk, Graylog, Elasticsearch and CloudTrail.
 */
export function createJsonSplitter(fail: Fail): Splitter {
  const scan: Scan = {
    fail,
    line: 1,
    startLine: 1,
    depth: 0,
    inString: false,
    escaped: false,
    held: '',
    list: 'none',
    envelope: 0,
    skipping: false,
  };
  return {
    *push(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (scan.depth === 0) at = between(scan, chunk, at);
        if (at >= chunk.length) return;
        const end = inside(scan, chunk, at);
        const piece = pieceUpTo(scan, chunk.slice(at, end));
        at = end;
        if (piece !== undefined) yield piece;
      }
    },
    end() {
      if (scan.depth > 0) throw fail(scan.startLine, 'the JSON that begins here does not end');
      if (scan.list !== 'none') throw fail(scan.line, 'the list of events does not end');
      return [];
    },
  };
}

/** Adds what was scanned to the event; returns the event if it is complete. */
function pieceUpTo(scan: Scan, part: string): Piece | undefined {
  const isBetween = scan.depth === 0;
  if (scan.skipping || (isBetween && scan.list === 'first')) {
    if (isBetween) scan.skipping = false;
    scan.held = '';
    return undefined;
  }
  const text = scan.held + part;
  if (text.length > limits.length) throw scan.fail(scan.startLine, tooLong);
  scan.held = isBetween ? '' : text;
  return isBetween ? { text, line: scan.startLine } : undefined;
}

const codes = {
  newline: 10,
  quote: 34,
  comma: 44,
  open: 91,
  close: 93,
  openBrace: 123,
  closeBrace: 125,
} as const;
/** The bit in which brackets and braces differ. */
const braceBit = 0x20;

/** Scans to the start of the next event; returns its position. */
function between(scan: Scan, chunk: string, from: number): number {
  for (let at = from; at < chunk.length; at++) {
    const code = chunk.charCodeAt(at);
    if (code === codes.newline) scan.line++;
    else if (code === codes.openBrace && scan.list !== 'after') {
      beginEvent(scan);
      return at;
    } else if (code === codes.open && scan.list === 'none') scan.list = 'first';
    else if (code === codes.comma && scan.list === 'after') scan.list = 'next';
    else if (code === codes.close && scan.list !== 'none' && scan.list !== 'next') {
      if (endsInEnvelope(scan)) return at + 1;
    } else if (!isSpace(code))
      throw scan.fail(
        scan.line,
        `expected an event, a JSON object, but found ${JSON.stringify(chunk.charAt(at))}`,
      );
  }
  return chunk.length;
}

function beginEvent(scan: Scan): void {
  scan.startLine = scan.line;
  if (scan.list !== 'none') scan.list = 'next';
}

/** Ends the list of events; true if the rest of an envelope has to be skipped. */
function endsInEnvelope(scan: Scan): boolean {
  scan.list = 'none';
  if (scan.envelope === 0) return false;
  scan.depth = scan.envelope;
  scan.envelope = 0;
  scan.skipping = true;
  return true;
}

const isSpace = (code: number): boolean =>
  code === 32 || code === 9 || code === 13 || code === recordSeparator.charCodeAt(0);

/** Scans inside an event; returns the position after its end, or after the chunk. */
function inside(scan: Scan, chunk: string, from: number): number {
  for (let at = from; at < chunk.length; at++) {
    if (scan.inString) {
      at = leaveString(scan, chunk, at);
      continue;
    }
    const code = chunk.charCodeAt(at);
    if (code === codes.quote) scan.inString = true;
    else if (code === codes.newline) scan.line++;
    else if ((code | braceBit) === codes.openBrace) {
      if (++scan.depth > limits.depth) throw scan.fail(scan.startLine, tooDeep);
      if (code === codes.open && opensEnvelope(scan, chunk, from, at)) return at + 1;
    } else if ((code | braceBit) === codes.closeBrace && closesEvent(scan)) return at + 1;
  }
  return chunk.length;
}

function closesEvent(scan: Scan): boolean {
  if (--scan.depth > 0) return false;
  if (scan.list === 'next') scan.list = 'after';
  return true;
}

/** Scans to the quote that ends the open string; returns its position, or that after the chunk. */
function leaveString(scan: Scan, chunk: string, from: number): number {
  let at = scan.escaped ? from + 1 : from;
  scan.escaped = false;
  for (;;) {
    const quote = chunk.indexOf('"', at);
    const end = quote === -1 ? chunk.length : quote;
    let slashes = 0;
    while (end - slashes > at && chunk.charCodeAt(end - slashes - 1) === 92) slashes++;
    const isEscaped = slashes % 2 === 1;
    if (quote === -1) {
      scan.escaped = isEscaped;
      return chunk.length;
    }
    if (!isEscaped) {
      scan.inString = false;
      return quote;
    }
    at = quote + 1;
  }
}

const envelopeKey = /"(?:Records|results|messages|hits)"\s*:\s*$/;
const firstListKey = /(?:Records|messages|results)"\s*:\s*$/.source;
const firstExportKey = 'preview|init_offset|query|from|took|timed_out|_shards|_scroll_id';
const envelopeStart = new RegExp(`^\\{\\s*"(?:${firstListKey}|${firstExportKey})`);

/** Enters the list that opens at `at` if it is that of an export's envelope. */
function opensEnvelope(scan: Scan, chunk: string, from: number, at: number): boolean {
  if (
    scan.depth > 3 ||
    scan.list !== 'none' ||
    scan.skipping ||
    !isEnvelope(scan.held, chunk, from, at)
  )
    return false;
  scan.envelope = scan.depth - 1;
  scan.depth = 0;
  scan.list = 'first';
  return true;
}

/** Whether the list that opens at `at` belongs to an export's envelope, not to an event. */
function isEnvelope(held: string, chunk: string, from: number, at: number): boolean {
  const near = chunk.slice(Math.max(from, at - 40), at);
  if (!envelopeKey.test(near.length < 40 ? held.slice(-40) + near : near)) return false;
  return envelopeStart.test(held + chunk.slice(from, at));
}
