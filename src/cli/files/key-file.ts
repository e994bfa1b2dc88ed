import { readFileSync, type Stats } from 'node:fs';
import { CommandError } from '../error/command-error.ts';
import { fileError } from '../error/file-error.ts';
import { statsOf } from './path-stats.ts';
import { shownPath } from './rule-files.ts';

/**
 * The text of a key's file; what is wrong with it is said without any of it. `what`: `the key`, for
 * the message.
 */
export function readKeyFile(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`${what} ${shownPath(path)} cannot be read: ${fileError(error)}`);
  }
}

/** The text of a file with a secret key, which nobody else may read. */
export function readSecretKeyFile(what: string, path: string): string {
  const found = statsOf(path);
  if (found && isReadByOthers(found))
    throw new CommandError(`${what} ${shownPath(path)} can be read by others; chmod 600 it`);
  return readKeyFile(what, path);
}

/** Windows has no such modes. */
export const isReadByOthers = ({ mode }: Stats): boolean =>
  process.platform !== 'win32' && (mode & 0o077) !== 0;
