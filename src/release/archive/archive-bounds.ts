import { Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { failed, ok, type Result } from '../../source/result.ts';
import { clipped } from '../../source/visible.ts';
import { checkHeaders } from './tar-headers.ts';

/** What an archive that Sigpack wrote stays far below, for one of 100,000 rules, too. */
export const archiveBounds = {
  tarEntries: 1000,
  zipEntries: 20_000,
  /** Bytes of one file, and of all files with their headers. */
  fileSize: 384 * 1024 * 1024,
  totalSize: 768 * 1024 * 1024,
  /** Times that a file may grow when it is unpacked; texts of a pack grow by six or so. */
  growth: 100,
  /** Bytes that may come of any archive, however small. */
  freeSize: 16 * 1024 * 1024,
} as const;

export interface ArchiveMember {
  /** As the archive has it. */
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** An entry's name as a message shows it. */
export const shownEntry = (name: string): string => JSON.stringify(clipped(name, 120));

/**
 * The files of a gzip tar that are wanted, in their order. All entries are looked at: files alone,
 * each once. The error says what is wrong, with the name of the entry but not that of the archive.
 */
export async function readTarMembers(
  bytes: Uint8Array,
  isWanted: (path: string) => boolean = () => true,
): Promise<Result<readonly ArchiveMember[]>> {
  const members: ArchiveMember[] = [];
  const unpack = extract();
  const gunzip = createGunzip();
  const fail = (error: Error): void => unpack.destroy(error);
  Readable.from([bytes])
    .pipe(gunzip)
    .on('error', fail)
    .pipe(boundedBy(sizeBound(bytes.length)))
    .on('error', fail)
    .pipe(checkHeaders())
    .on('error', fail)
    .pipe(unpack);
  const memberError = createMemberCheck(archiveBounds.tarEntries);
  try {
    for await (const entry of unpack) {
      const { name, type, mode = 0, size = 0 } = entry.header;
      const error = type === 'file' ? memberError(name, size) : kindError(name, type);
      if (error !== undefined) return failed(error);
      if (isWanted(name)) members.push({ path: name, mode, content: await contentOf(entry) });
      else entry.resume();
    }
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    gunzip.destroy();
  }
  return ok(members);
}

const kindError = (name: string, type: string | null | undefined): string =>
  `the entry ${shownEntry(name)} is a ${type ?? 'thing of an unknown kind'}, not a file`;

/** Streams and yauzl throw errors of their own. */
const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const sizeBound = (packed: number): number =>
  Math.min(
    archiveBounds.totalSize,
    Math.max(archiveBounds.freeSize, packed * archiveBounds.growth),
  );

const tooLarge = (most: number): string =>
  `it unpacks to more than ${most} bytes, which no archive of Sigpack of its size does`;

/** Passes on what is within the bound, and ends with an error beyond it. */
function boundedBy(most: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length;
      if (size > most) done(new Error(tooLarge(most)));
      else done(null, chunk);
    },
  });
}

/** Refuses too many entries, an entry that is there twice, and one that is too large. */
function createMemberCheck(most: number): (name: string, size: number) => string | undefined {
  const seen = new Set<string>();
  return (name, size) => {
    if (seen.has(name)) return `the entry ${shownEntry(name)} is there twice`;
    seen.add(name);
    if (seen.size > most) return `it has more than ${most} entries`;
    return size > archiveBounds.fileSize
      ? `the entry ${shownEntry(name)} has ${size} bytes, more than ${archiveBounds.fileSize}`
      : undefined;
  };
}

async function contentOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * The files of a zip that are wanted, by their paths. The others are looked at and not unpacked.
 * The error is as that of {@link readTarMembers}.
 */
export async function readZipMembers(
  bytes: Buffer,
  isWanted: (path: string) => boolean,
): Promise<Result<ReadonlyMap<string, Buffer>>> {
  const members = new Map<string, Buffer>();
  const memberError = createMemberCheck(archiveBounds.zipEntries);
  const most = sizeBound(bytes.length);
  let size = 0;
  try {
    const archive = await opened(bytes);
    for await (const entry of entriesOf(archive)) {
      const error = memberError(entry.fileName, entry.uncompressedSize);
      if (error !== undefined) return failed(error);
      if (!isWanted(entry.fileName)) continue;
      size += entry.uncompressedSize;
      if (size > most) return failed(tooLarge(most));
      members.set(entry.fileName, await contentOf(await streamOf(archive, entry)));
    }
  } catch (error) {
    return failed(messageOf(error));
  }
  return ok(members);
}

const opened = (bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (reason, archive) =>
      reason ? reject(reason) : resolve(archive),
    );
  });

const streamOf = (archive: ZipFile, entry: Entry): Promise<Readable> =>
  new Promise((resolve, reject) => {
    archive.openReadStream(entry, (reason, stream) => (reason ? reject(reason) : resolve(stream)));
  });

/** One entry after the other; the next is read when the one before it was dealt with. */
async function* entriesOf(archive: ZipFile): AsyncGenerator<Entry> {
  let tell: {
    readonly next: (entry: Entry | undefined) => void;
    readonly fail: (error: Error) => void;
  };
  archive
    .on('entry', (entry: Entry) => tell.next(entry))
    .on('end', () => tell.next(undefined))
    .on('error', (error: Error) => tell.fail(error));
  for (;;) {
    const entry = await new Promise<Entry | undefined>((next, fail) => {
      tell = { next, fail };
      archive.readEntry();
    });
    if (entry === undefined) return;
    yield entry;
  }
}
