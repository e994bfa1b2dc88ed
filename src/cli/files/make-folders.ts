import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../error/error-code.ts';
import { statsOf } from './path-stats.ts';

/**
 * Makes a folder and those above it. Node's own `recursive` never ends where the system reports
 * that the folder above does not exist, as it does below /proc.
 */
export function makeFolders(folder: string): void {
  const missing: string[] = [];
  // something else is in place of the folder: the system reports what
  if (statsOf(folder)?.isDirectory() === false) mkdirSync(folder);
  for (
    let path = resolve(folder);
    statsOf(path) === undefined && dirname(path) !== path;
    path = dirname(path)
  )
    missing.push(path);
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path);
    } catch (error) {
      // another process may have made it in the meantime
      if (errorCode(error) !== 'EEXIST' || statsOf(path)?.isDirectory() !== true) throw error;
    }
  }
}
