import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A file in an archive, whose name nobody has checked. */
export interface Member {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** A gzip tar of these members in their order, doubles and all. */
export async function tarWith(members: Iterable<Member>): Promise<Buffer> {
  const archive = pack();
  const chunks: Buffer[] = [];
  const done = (async () => {
    for await (const chunk of archive) chunks.push(chunk as Buffer);
  })();
  for (const { name, content } of members) archive.entry({ name }, Buffer.from(content));
  archive.finalize();
  await done;
  return gzipSync(Buffer.concat(chunks));
}

const nothing = deflateRawSync('');

/**
 * A zip of these members in their order, doubles and all: what writes archives otherwise refuses
 * such names.
 */
export function zipWith(members: Iterable<Member>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content } of members) {
    const path = Buffer.from(name);
    const bytes = Buffer.from(content);
    const packed = bytes.length === 0 ? nothing : deflateRawSync(bytes);
    const head = Buffer.alloc(26);
    // version, flags (UTF-8), deflate, 1980-01-01
    for (const [place, value] of [20, 0x800, 8, 0, 33].entries())
      head.writeUInt16LE(value, place * 2);
    head.writeUInt32LE(crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(path.length, 22);
    const entry = Buffer.concat([Buffer.from('PK\u0003\u0004'), head, path, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), head, tail, path]));
    files.push(entry);
    at += entry.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  for (const place of [4, 6]) end.writeUInt16LE(directory.length, place);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, list, Buffer.from('PK\u0005\u0006'), end]);
}
