import { UsageError } from '../exit-code.ts';
import { unpackTar } from '../unpack-tar.ts';

/** Larger apps are none of ours. */
const maximumSize = 512 * 1024 * 1024;

/** The files of a .spl; links and other kinds of entries are refused. */
export async function readAppArchive(bytes: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let size = 0;
  try {
    for await (const entry of unpackTar(bytes)) {
      const { name, type } = entry.header;
      if (type === 'directory') {
        entry.resume();
        continue;
      }
      if (type !== 'file') throw new UsageError(`it holds a ${type}, which an app of Sigpack never does`);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) {
        size += (chunk as Buffer).length;
        if (size > maximumSize) throw new UsageError('it is too large');
        chunks.push(chunk as Buffer);
      }
      files.set(name, Buffer.concat(chunks));
    }
  } catch (error) {
    throw new UsageError(`the app cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
  return files;
}
