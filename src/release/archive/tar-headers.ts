import { Transform } from 'node:stream';

const blockSize = 512;

/** Passes a tar on; fails at a header that readers could interpret in different ways. */
export function checkHeaders(): Transform {
  let header = Buffer.alloc(0);
  /** Bytes of a file that are still to come. */
  let content = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      for (let at = 0; at < chunk.length; ) {
        if (content > 0) {
          const passed = Math.min(content, chunk.length - at);
          content -= passed;
          at += passed;
          continue;
        }
        const taken = chunk.subarray(at, at + blockSize - header.length);
        at += taken.length;
        header = Buffer.concat([header, taken]);
        if (header.length < blockSize) continue;
        const error = headerError(header);
        if (error !== undefined) {
          done(new Error(error));
          return;
        }
        content = Math.ceil(sizeOf(header) / blockSize) * blockSize;
        header = Buffer.alloc(0);
      }
      done(null, chunk);
    },
  });
}

const field = (header: Buffer, from: number, to: number): string =>
  header.toString('latin1', from, to);
const sizeOf = (header: Buffer): number =>
  Number.parseInt(field(header, 124, 136).replace(/[\0 ]+$/, '') || '0', 8);

function headerError(header: Buffer): string | undefined {
  if (header.every((byte) => byte === 0)) return undefined;
  if (!/^[0-7]*[\0 ]*$/.test(field(header, 124, 136)))
    return 'an entry has a size that is not a number';
  // what goes on top of the next header is not the same for all readers
  if ('xgLK'.includes(field(header, 156, 157))) return 'an entry has a second header';
  const isUstar = field(header, 257, 263) === 'ustar\0';
  return !isUstar && header.subarray(345, 500).some((byte) => byte !== 0)
    ? 'an entry has a folder where only some readers look for one'
    : undefined;
}
