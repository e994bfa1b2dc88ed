import { gunzipSync } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';

export interface TarEntry {
  readonly header: Header;
  readonly text: string;
}

/** The entries of a gzip tar, in their order. */
export async function readTar(bytes: Uint8Array): Promise<readonly TarEntry[]> {
  const entries: TarEntry[] = [];
  const reader = extract();
  reader.end(gunzipSync(bytes));
  for await (const entry of reader) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    entries.push({ header: entry.header, text: Buffer.concat(chunks).toString('utf8') });
  }
  return entries;
}

export interface ZipEntry {
  readonly entry: Entry;
  readonly bytes: Buffer;
}

/** The entries of a zip, in the order of its directory; yauzl refuses paths that lead out of it. */
export async function readZip(bytes: Buffer): Promise<readonly ZipEntry[]> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, strictFileNames: true }, (error, file) =>
      file ? resolve(file) : reject(error),
    );
  });
  const entries: ZipEntry[] = [];
  return new Promise((resolve, reject) => {
    zip.on('error', reject).on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (!stream) return reject(error);
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          entries.push({ entry, bytes: Buffer.concat(chunks) });
          zip.readEntry();
        });
      });
    });
    zip.readEntry();
  });
}
