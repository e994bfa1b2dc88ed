import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly path: string;
  readonly content: Buffer;
  /** It is compressed already. */
  readonly store: boolean;
}

// higher levels cost more time than the few percent are worth
const level = 1;
const chunkSize = 1 << 18;

/** A zip of the files in their order, as APPNOTE.TXT of PKWARE has it. None is encrypted, and nothing in it depends on the machine. */
export function zipOf(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    offset += part.length;
  };
  for (const file of files) {
    const entry = entryOf(file);
    directory.push(directoryHeader(entry, offset));
    add(localHeader(entry));
    add(entry.data);
    if (!file.store) add(descriptor(entry));
  }
  return Buffer.concat([...parts, ...directory, endOfDirectory(directory, offset)]);
}

interface Entry {
  readonly name: Buffer;
  readonly store: boolean;
  readonly data: Buffer;
  readonly size: number;
  readonly crc: number;
}

const entryOf = ({ path, content, store }: ZipFile): Entry => ({
  name: Buffer.from(path),
  store,
  data: store ? content : deflateRawSync(content, { level, chunkSize }),
  size: content.length,
  crc: crc32(content),
});

// 1980-01-01, the earliest day that a zip can hold
const time = 0;
const date = 0x21;
/** By Unix, version 4.5 of the format. */
const madeBy = 0x03_2d;
/** A regular file of mode 0644, to be kept in backups. */
const attributes = 0x81a4_0020;

/** Sizes and checksum follow the data. */
const describedLater = 8;
const utf8Name = 0x800;
const isAscii = (name: Buffer): boolean => name.every((byte) => byte < 0x80);

/** What both headers of an entry have in common: from the version that reads it to its date. */
function writeKind(header: Buffer, at: number, { name, store }: Entry): void {
  header.writeUInt16LE(store ? 10 : 20, at);
  header.writeUInt16LE((store ? 0 : describedLater) | (isAscii(name) ? 0 : utf8Name), at + 2);
  header.writeUInt16LE(store ? 0 : 8, at + 4);
  header.writeUInt16LE(time, at + 6);
  header.writeUInt16LE(date, at + 8);
}

function writeSizes(header: Buffer, at: number, { crc, data, size }: Entry): void {
  header.writeUInt32LE(crc, at);
  header.writeUInt32LE(data.length, at + 4);
  header.writeUInt32LE(size, at + 8);
}

function localHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  writeKind(header, 4, entry);
  if (entry.store) writeSizes(header, 14, entry);
  header.writeUInt16LE(entry.name.length, 26);
  return Buffer.concat([header, entry.name]);
}

function descriptor(entry: Entry): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(0x0807_4b50, 0);
  writeSizes(header, 4, entry);
  return header;
}

function directoryHeader(entry: Entry, offset: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(madeBy, 4);
  writeKind(header, 6, entry);
  writeSizes(header, 16, entry);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt32LE(attributes, 38);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, entry.name]);
}

function endOfDirectory(directory: readonly Buffer[], offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return end;
}
