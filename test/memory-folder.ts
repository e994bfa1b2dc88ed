import { accessSync, constants, statfsSync } from 'node:fs';

/** Linux's folder for files in memory. */
const folder = '/dev/shm';

/**
 * Lets this process and those that it starts make their temporary files in memory, where the
 * machine has room for so many bytes and no other folder is asked for: a new file on a disk may
 * take a millisecond of the CPU.
 */
export function keepTemporaryFilesInMemory(bytes: number): void {
  if (process.env.TMPDIR === undefined && hasRoom(bytes)) process.env.TMPDIR = folder;
}

function hasRoom(bytes: number): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= bytes;
  } catch {
    return false;
  }
}
