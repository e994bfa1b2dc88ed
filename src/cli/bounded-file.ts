import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/** Of any file that is read as a whole. */
const largestFile = 64 * 1024 * 1024;

/** Waits for no writer; Windows has no such flag. */
export const noWait = constants.O_NONBLOCK ?? 0;

const tooLarge = (): Error => new Error(`it has more than ${largestFile} bytes`);

/** A file as UTF-8, or as bytes; a pipe always as bytes. Throws for devices and for what is larger than a file of rules can be. */
export function readBounded(path: string): Buffer;
export function readBounded(path: string, encoding: 'utf8'): string | Buffer;
export function readBounded(path: string, encoding?: 'utf8'): string | Buffer {
  // a device, or a file of the system's own, could keep who opens it waiting
  const descriptor = openSync(path, constants.O_RDONLY | noWait);
  try {
    const found = fstatSync(descriptor);
    if (found.isFIFO()) return readPipe(path);
    // folders have a fault of their own
    if (!found.isFile() && !found.isDirectory()) throw new Error('it is a device, and a file is needed');
    if (found.size > largestFile) throw tooLarge();
    return encoding ? readFileSync(descriptor, encoding) : readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** What a shell puts in place of a command, `<(...)`: waited for. */
function readPipe(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const pieces: Buffer[] = [];
    for (let left = largestFile; ; ) {
      const piece = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(descriptor, piece);
      if (length === 0) return Buffer.concat(pieces);
      left -= length;
      if (left < 0) throw tooLarge();
      pieces.push(piece.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}
