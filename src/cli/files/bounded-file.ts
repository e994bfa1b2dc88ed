import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';

/** Of any file that is read as a whole. */
const largestFile = 64 * 1024 * 1024;

/** Waits for no writer; Windows has no such flag. */
export const noWait = constants.O_NONBLOCK ?? 0;

const tooLarge = (): Error => new Error(`it has more than ${largestFile} bytes`);

/** Where a user names a file, it may be a pipe. */
export type FileOrPipe = 'file' | 'file or pipe';

/**
 * A file as UTF-8, or as bytes; a pipe always as bytes. Throws for devices and for what is larger
 * than a file of rules can be.
 */
export function readBounded(path: string, kind: FileOrPipe): Buffer;
export function readBounded(path: string, kind: FileOrPipe, encoding: 'utf8'): string | Buffer;
export function readBounded(path: string, kind: FileOrPipe, encoding?: 'utf8'): string | Buffer {
  if (kind === 'file or pipe' && statSync(path).isFIFO()) return readPipe(path);
  // a device, or a file of the system's own, could keep who opens it waiting
  const descriptor = openSync(path, constants.O_RDONLY | noWait);
  try {
    const found = fstatSync(descriptor);
    // folders have an error of their own
    if (!found.isFile() && !found.isDirectory())
      throw new Error(`it is a ${found.isFIFO() ? 'pipe' : 'device'}, and a file is needed`);
    if (found.size > largestFile) throw tooLarge();
    return encoding ? readFileSync(descriptor, encoding) : readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * What a shell puts in place of a command, `<(...)`: waited for. Opened once: between two times the
 * writer may come and go, and none would come any more.
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
