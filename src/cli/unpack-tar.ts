import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';

/** The entries of a gzip tar, one after the other; each has to be read or resumed. A fault of either layer is thrown where they are read. */
export function unpackTar(bytes: Buffer): Extract {
  const unpack = extract();
  Readable.from([bytes])
    .on('error', (error) => unpack.destroy(error))
    .pipe(createGunzip())
    .on('error', (error) => unpack.destroy(error))
    .pipe(unpack);
  return unpack;
}
