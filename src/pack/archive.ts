import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { PackFile } from './detection.ts';
import { type ZipFile, zipOf } from './zip.ts';

/** The same for every entry: two builds of the same files give the same bytes. */
const epoch = new Date(315_532_800_000); // 1980-01-01, the earliest that a zip can hold
const fileMode = 0o644;

// higher levels cost more time than the few percent are worth
const tarLevel = 3;
const chunkSize = 1 << 18;

/** A gzip tar of the files (Splunk takes no zip), sorted by path. */
export async function gzipTar(files: readonly PackFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { path, content } of sorted(files)) tar.entry({ name: path, mtime: epoch, mode: fileMode }, bytesOf(content));
  tar.finalize();
  // an mtime of zero in the gzip header is what zlib writes anyway
  return Buffer.concat(await tar.pipe(createGzip({ level: tarLevel, chunkSize })).toArray());
}

/** A zip of the files, sorted by path; `store` those that are compressed already. */
export function zip(files: readonly (PackFile & { readonly store?: boolean })[]): Buffer {
  return zipOf(sorted(files).map(({ path, content, store = false }): ZipFile => ({ path, content: bytesOf(content), store })));
}

function sorted<T extends PackFile>(files: readonly T[]): readonly T[] {
  for (const { path } of files) if (!isSafePath(path)) throw new Error(`unsafe path in an archive: ${path}`);
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const bytesOf = (content: string | Uint8Array): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.buffer, content.byteOffset, content.byteLength);

/** Relative, without `..`, hidden files, backslashes or control characters. */
export function isSafePath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return path !== '' && !/[\\:\u0000-\u001f\u007f]/.test(path) && path.split('/').every((part) => part !== '' && !part.startsWith('.'));
}
