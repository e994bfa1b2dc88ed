import type { Event } from '../match/event.ts';
import { isRecord } from '../source/record.ts';
import { createCsvReader } from './csv.ts';
import { EventError, type Fail } from './event-error.ts';
import { detectForm, type Form, headLength } from './form.ts';
import { parseJson } from './json.ts';
import { addRaw } from './raw.ts';
import { eventOf } from './record.ts';
import { type View, withSigmaNames } from './sigma-view.ts';
import { createJsonSplitter, type Piece, type Splitter } from './split-json.ts';
import {
  createCsvSplitter,
  createLineSplitter,
  createWindowsTextSplitter,
  createXmlSplitter,
} from './split-text.ts';
import { readWindowsText } from './windows/text.ts';
import { readWindowsXml } from './windows/xml.ts';

/** An event, and where it begins in its input. */
export interface ReadEvent {
  readonly event: Event;
  /** The line on which it begins, from 1. */
  readonly line: number;
}

/**
 * Reads an input chunk by chunk. `push` and `end` read as they are iterated: iterate each to its
 * end. They throw an {@link EventError} where the input can't be read.
 *
 * @example
 * import { createEventReader, type EventReader } from 'sigpack';
 *
 * const reader: EventReader = createEventReader({ form: 'json' });
 * const events = [...reader.push('{"a":1}\n{"a"'), ...reader.push(':2}'), ...reader.end()];
 * events; // => [{ event: { a: 1 }, line: 1 }, { event: { a: 2 }, line: 2 }]
 */
export interface EventReader {
  push(chunk: string): Iterable<ReadEvent>;
  end(): Iterable<ReadEvent>;
}

/** How an input of events is read. */
export interface EventOptions {
  /** Name of the input in errors. Default: `events`. */
  readonly file?: string;
  /** How the input holds events. Default: recognized by its first characters. */
  readonly form?: Form;
  /** `sigma` adds the field names of Sigma ({@link withSigmaNames}). Default: `as-is`. */
  readonly view?: View;
}

/**
 * A reader for one input of events: JSON, CSV, XML or text of Windows, auditd, key=value pairs or
 * lines. Its memory does not grow with the input.
 *
 * @param options - Name, form and view of the input.
 * @returns A reader, which is used once.
 * @example
 * import { createEventReader } from 'sigpack';
 *
 * const reader = createEventReader({ form: 'csv' });
 * const events = [...reader.push('User,EventID\nanna,4624\n'), ...reader.end()];
 * events[0]?.event.User; // => 'anna'
 */
export function createEventReader(options: EventOptions = {}): EventReader {
  const fail: Fail = (line, message) => new EventError(options.file ?? 'events', line, message);
  let head = '';
  let source: Source | undefined;
  function* take(known: Source, pieces: Iterable<Piece>): Iterable<ReadEvent> {
    for (const piece of pieces) {
      const event = known.read(piece);
      if (event !== undefined)
        yield { event: options.view === 'sigma' ? withSigmaNames(event) : event, line: piece.line };
    }
  }
  function* start(text: string): Iterable<ReadEvent> {
    const known = sourceOf(options.form ?? detectForm(text), fail);
    source = known;
    head = '';
    yield* take(known, known.splitter.push(text.startsWith('\ufeff') ? text.slice(1) : text));
  }
  return {
    *push(chunk) {
      if (source !== undefined) {
        yield* take(source, source.splitter.push(chunk));
        return;
      }
      head += chunk;
      const isEnough = options.form === undefined ? head.length >= headLength : head !== '';
      if (isEnough) yield* start(head);
    },
    *end() {
      if (source === undefined) yield* start(head);
      const known = source;
      if (known !== undefined) yield* take(known, known.splitter.end());
    },
  };
}

/**
 * All events of a text.
 *
 * @param text - A whole input, in any form that {@link createEventReader} reads.
 * @param options - Name, form and view of the input.
 * @returns The events in their order.
 * @throws {@link EventError} where the text can't be read.
 * @example
 * import { eventsIn } from 'sigpack';
 *
 * eventsIn('[{"a":1}]'); // => [{ event: { a: 1 }, line: 1 }]
 */
export function eventsIn(text: string, options: EventOptions = {}): readonly ReadEvent[] {
  const reader = createEventReader(options);
  return [...reader.push(text), ...reader.end()];
}

/** How a form is cut into texts, and how a text is read. */
interface Source {
  readonly splitter: Splitter;
  readonly read: (piece: Piece) => Event | undefined;
}

function sourceOf(form: Form, fail: Fail): Source {
  switch (form) {
    case 'json':
      return { splitter: createJsonSplitter(fail), read: (piece) => readJson(piece, fail) };
    case 'csv': {
      const read = createCsvReader(fail);
      return { splitter: createCsvSplitter(fail), read: (piece) => withRaw(read(piece)) };
    }
    case 'xml':
      return { splitter: createXmlSplitter(fail), read: (piece) => readXml(piece, fail) };
    case 'windows-text':
      return {
        splitter: createWindowsTextSplitter(fail),
        read: ({ text }) =>
          text.trim() === '' ? undefined : { _raw: text, ...readWindowsText(text) },
      };
    case 'auditd':
    case 'key-value':
      return {
        splitter: createLineSplitter(fail),
        read: ({ text }) => (text.trim() === '' ? undefined : addRaw({ _raw: text })),
      };
    case 'lines':
      return {
        splitter: createLineSplitter(fail),
        read: ({ text }) => (text.trim() === '' ? undefined : { _raw: text }),
      };
    case 'evtx':
      throw fail(
        1,
        "binary event logs can't be read: turn them into JSON first, as with `evtx_dump -o jsonl`",
      );
  }
}

const withRaw = (fields: Record<string, unknown> | undefined): Event | undefined =>
  fields && addRaw(fields);

function readJson({ text, line }: Piece, fail: Fail): Event {
  try {
    const document = parseJson(text);
    return isRecord(document) ? eventOf(document) : {};
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw fail(line, `this is not JSON: ${message.replace(jsonPlace, inEvent)}`);
  }
}

/** What V8 counts from the start of the event, which is not that of the file. */
const jsonPlace = / in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/;
const inEvent = (_: string, position: string): string =>
  ` at character ${Number(position) + 1} of the event`;

function readXml({ text, line }: Piece, fail: Fail): Event {
  const fields = readWindowsXml(text);
  if (!fields.ok) throw fail(line, fields.error);
  return fields.value;
}
