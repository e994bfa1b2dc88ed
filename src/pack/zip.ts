import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a zip. */
export interface ZipEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** It is compressed already. */
  readonly store: boolean;
}

/** An entry as it is written: numbers of both of its headers, and its compressed bytes. */
interface Written {
  readonly name: Buffer;
  readonly fields: Buffer;
  readonly content: Uint8Array;
  readonly offset: number;
}

// PKWARE's APPNOTE 6.3.10: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
const localHeader = 0x04034b50;
const directoryHeader = 0x02014b50;
const directoryEnd = 0x06054b50;
const version = 20;
const onUnix = 3 << 8;
const namesAreUtf8 = 1 << 11;
const deflated = 8;
const firstDay = (1 << 5) | 1; // 1980-01-01
const regularFile = 0o100644;
const most = 0xffff_ffff;
const mostEntries = 0xffff;
// higher levels cost more time than the few percent are worth
const level = 1;

/** A zip of the entries in their order; the same entries give the same bytes. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  if (entries.length > mostEntries) throw new Error(`a zip holds ${mostEntries} files, not ${entries.length}`);
  const written: Written[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const one = writtenOf(entry, offset);
    written.push(one);
    const signature = Buffer.alloc(4);
    signature.writeUInt32LE(localHeader);
    const local = [signature, one.fields, one.name, one.content];
    parts.push(...local);
    offset += lengthOf(local);
  }
  const directory = written.flatMap(directoryEntry);
  const size = lengthOf(directory);
  if (offset + size > most) throw new Error('a zip of more than 4 GiB');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(directoryEnd, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0);

function writtenOf({ path, bytes, store }: ZipEntry, offset: number): Written {
  const name = Buffer.from(path);
  const content = store ? bytes : deflateRawSync(bytes, { level });
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(version, 0);
  fields.writeUInt16LE(namesAreUtf8, 2);
  fields.writeUInt16LE(store ? 0 : deflated, 4);
  fields.writeUInt16LE(firstDay, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(content.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return { name, fields, content, offset };
}

function directoryEntry({ name, fields, offset }: Written): readonly Buffer[] {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(directoryHeader, 0);
  head.writeUInt16LE(version | onUnix, 4);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((regularFile << 16) >>> 0, 6);
  tail.writeUInt32LE(offset, 10);
  return [head, fields, tail, name];
}
