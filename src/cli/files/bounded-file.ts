import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';

/** In bytes, of any file that is read whole. */
const largestFile = 64 * 1024 * 1024;

/** A flag that keeps `open` from waiting for a writer; Windows has no such flag. */
export const noWait = constants.O_NONBLOCK ?? 0;

const tooLarge = (): Error => new Error(`it has more than ${largestFile} bytes`);

/** A file that the user names may be a pipe. */
export type FileOrPipe = 'file' | 'file or pipe';

/**
 * A file as UTF-8, or as bytes; a pipe always as bytes. Throws for devices and for what is larger
 * than a file of rules can be.
 */
export function readBounded(path: string, kind: FileOrPipe): Buffer;
export function readBounded(path: string, kind: FileOrPipe, encoding: 'utf8'): string | Buffer;
export function readBounded(path: string, kind: FileOrPipe, encoding?: 'utf8'): string | Buffer {
  if (kind === 'file or pipe' && statSync(path).isFIFO()) return readPipe(path);
  // to open a device, or one of the system's own files, could block
  const descriptor = openSync(path, constants.O_RDONLY | noWait);
  try {
    const stats = fstatSync(descriptor);
    // reading a folder throws an error of its own
    if (!stats.isFile() && !stats.isDirectory())
      throw new Error(`it is a ${stats.isFIFO() ? 'pipe' : 'device'}, and a file is needed`);
    if (stats.size > largestFile) throw tooLarge();
    return encoding ? readFileSync(descriptor, encoding) : readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a pipe, which may be what a shell puts in place of `<(...)`, and waits for its end. Opened
 * once: the writer might be gone before a second time.
 */
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
