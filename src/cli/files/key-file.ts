import type { KeyObject } from 'node:crypto';
import { readFileSync, type Stats } from 'node:fs';
import { readPublicKey } from '../../release/supply-chain/signature.ts';
import { CommandError } from '../error/command-error.ts';
import { fileError } from '../error/file-error.ts';
import { statsOf } from './path-stats.ts';
import { shownPath } from './rule-files.ts';

/** The text of a key's file; no error shows any of it. `what`: `the key`, for the message. */
function readKeyFile(what: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`${what} ${shownPath(path)} cannot be read: ${fileError(error)}`);
  }
}

/** The key in a file with a public key in PEM. */
export function readPublicKeyFile(path: string): KeyObject {
  const read = readPublicKey(readKeyFile('the key', path));
  if (!read.ok) throw new CommandError(`the key ${shownPath(path)} cannot be used: ${read.error}`);
  return read.value;
}

/** The text of a file with a secret key, which nobody else may read. */
export function readSecretKeyFile(what: string, path: string): string {
  const stats = statsOf(path);
  if (stats && isReadByOthers(stats))
    throw new CommandError(`${what} ${shownPath(path)} can be read by others; chmod 600 it`);
  return readKeyFile(what, path);
}

/** Windows has no such modes. */
export const isReadByOthers = ({ mode }: Stats): boolean =>
  process.platform !== 'win32' && (mode & 0o077) !== 0;
