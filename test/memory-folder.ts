import { accessSync, constants, readFileSync, realpathSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Linux's folder for files in memory. */
const memory = '/dev/shm';
/** What names another folder for temporary files. */
export const temporaryNames = ['TMPDIR', 'TEMP', 'TMP'] as const;

/**
 * The folder for temporary files: in memory, where the machine has room for so many bytes and no
 * other folder is asked for. On a disk a new file may take a millisecond of the CPU, and one that
 * is written durably waits for the disk.
 */
export const folderInMemory = (bytes: number): string =>
  temporaryNames.every((name) => process.env[name] === undefined) && hasRoom(bytes)
    ? memory
    : tmpdir();

function hasRoom(bytes: number): boolean {
  try {
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= bytes && runsPrograms();
  } catch {
    return false;
  }
}

/** Tests write programs and run them, which containers forbid there. */
function runsPrograms(): boolean {
  const place = realpathSync(memory);
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const options = mounts.findLast((line) => line.split(' ')[1] === place)?.split(' ')[3] ?? '';
  return !options.split(',').includes('noexec');
}
