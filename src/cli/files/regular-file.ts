import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { CommandError } from '../error/command-error.ts';
import { errorCode } from '../error/error-code.ts';
import { fileError } from '../error/file-error.ts';
import { noWait } from './bounded-file.ts';
import { entryStatsOf } from './path-stats.ts';
import { shownPath } from './rule-files.ts';

/**
 * The bytes of a file; undefined where nothing has the name. Throws a CommandError for what is not
 * a file (a folder, a pipe, a link that leads nowhere), is larger than `maximum` bytes, or can't be
 * read.
 */
export function readRegularFile(path: string, maximum: number, flags = 0): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | noWait | flags);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const isMissing = code === 'ENOENT' && entryStatsOf(path) === undefined;
    if (isMissing) return undefined;
    throw new CommandError(
      `${shownPath(path)} is not a file that can be read: ${fileError(error)}`,
    );
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > maximum)
      throw new CommandError(
        `${shownPath(path)} is not a file, or one of more than ${maximum} bytes`,
      );
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
