import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { EventError } from '../../event/event-error.ts';
import { createEventReader, type ReadEvent } from '../../event/reader.ts';
import type { View } from '../../event/sigma-view.ts';
import { fileError } from '../error/file-error.ts';
import { shownPath } from '../files/rule-files.ts';

export interface FoundEvent extends ReadEvent {
  /** As shown in messages; `stdin` for the standard input. */
  readonly file: string;
}

/**
 * The events of files one after the other, in the order given; `-` is the standard input. Gzip is
 * unpacked. Throws EventError, also for a file that can't be read.
 */
export async function* readEvents(
  paths: readonly string[] | '-',
  view: View,
): AsyncGenerator<FoundEvent> {
  for await (const batch of readEventBatches(paths, view)) yield* batch;
}

/**
 * The same in batches, as the bytes come. Each batch must be read to its end before the next one is
 * requested.
 */
export async function* readEventBatches(
  paths: readonly string[] | '-',
  view: View,
): AsyncGenerator<Iterable<FoundEvent>> {
  for (const path of paths === '-' ? ['-'] : paths) {
    const file = path === '-' ? 'stdin' : shownPath(path);
    const reader = createEventReader({ view, file });
    let decoder: StringDecoder | undefined;
    for await (const bytes of plain(path === '-' ? process.stdin : createReadStream(path), file)) {
      decoder ??= decoderOf(bytes);
      yield inFile(
        file,
        reader.push(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))),
      );
    }
    yield inFile(file, reader.push(decoder?.end() ?? ''));
    yield inFile(file, reader.end());
  }
}

function* inFile(file: string, events: Iterable<ReadEvent>): Generator<FoundEvent> {
  for (const { event, line } of events) yield { event, line, file };
}

/**
 * PowerShell writes UTF-16. Bytes that are not UTF-8 become replacement characters: logs are what
 * machines sent.
 */
const decoderOf = (bytes: Uint8Array): StringDecoder =>
  new StringDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8');

/** The bytes of an input, unpacked. */
async function* plain(input: Readable, file: string): AsyncGenerator<Uint8Array> {
  try {
    const chunks: AsyncIterator<Uint8Array> = input[Symbol.asyncIterator]();
    let first = new Uint8Array();
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      first = Buffer.concat([first, next.value]);
      // two bytes are enough to recognize gzip and UTF-16
      if (first.length > 1) break;
    }
    const whole = chain(first, chunks);
    yield* first[0] === 0x1f && first[1] === 0x8b ? unpacked(whole) : whole;
  } catch (error) {
    throw new EventError(file, 0, fileError(error));
  } finally {
    input.destroy();
  }
}

async function* chain(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function unpacked(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const output = createGunzip();
  // an error of either stream is thrown where the output is read
  pipeline(Readable.from(packed), output, () => {});
  return output;
}
