import { PassThrough, type Readable } from 'node:stream';
import { TarArchive, ZipArchive } from 'archiver';
import type { PackFile } from '../pack/model/detection.ts';

/** The same for every entry: two builds of the same files give the same bytes. */
const epoch = new Date(315_532_800_000); // 1980-01-01, the earliest that a zip can hold
const fileMode = 0o644;

// higher levels cost more time than a few percent are worth
const level = 1;
const chunkSize = 1 << 18;

/** A gzip tar of the files (Splunk does not read zip), sorted by path. */
export function gzipTar(files: readonly PackFile[]): Promise<Buffer> {
  // zlib always writes an mtime of zero into the gzip header
  return packed(new TarArchive({ gzip: true, gzipOptions: { level, chunkSize } }), files);
}

/**
 * A zip of the files, sorted by path; `store` leaves those uncompressed that are compressed
 * already.
 */
export function zip(files: readonly (PackFile & { readonly store?: boolean })[]): Promise<Buffer> {
  return packed(new ZipArchive({ zlib: { level, chunkSize } }), files);
}

interface Archive extends Readable {
  append(
    content: Buffer | string,
    entry: { name: string; date: Date; mode: number; store?: boolean },
  ): unknown;
  finalize(): Promise<void>;
}

async function packed(
  archive: Archive,
  files: readonly (PackFile & { readonly store?: boolean })[],
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const sink = new PassThrough();
  archive.pipe(sink);
  const done = new Promise<Buffer>((resolve, reject) => {
    sink.on('data', (chunk: Buffer) => chunks.push(chunk));
    sink.on('end', () => resolve(Buffer.concat(chunks)));
    archive.on('error', reject);
    sink.on('error', reject);
  });
  for (const { path, content, store } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (!isSafePath(path)) throw new Error(`unsafe path in an archive: ${path}`);
    const bytes =
      typeof content === 'string'
        ? Buffer.from(content)
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    archive.append(bytes, { name: path, date: epoch, mode: fileMode, ...(store ? { store } : {}) });
  }
  await archive.finalize();
  return done;
}

/** Whether the path is relative, without `..`, hidden files, backslashes or control characters. */
export function isSafePath(path: string): boolean {
  return (
    path !== '' &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    !/[\\:\u0000-\u001f\u007f]/.test(path) &&
    path.split('/').every((part) => part !== '' && !part.startsWith('.'))
  );
}
