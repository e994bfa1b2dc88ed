import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from './exit-code.ts';
import { shownPath } from './rule-files.ts';

interface FoundFolder {
  readonly path: string;
  readonly stats: Stats;
}

/** The folder, or the nearest one above it that is there. A UsageError where something else is in the way: the folder can't be made then. */
export function nearestFolder(folder: string): FoundFolder {
  let path = resolve(folder);
  while (!isThere(path)) path = dirname(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new UsageError(`${shownPath(path)} is a link that leads nowhere; a folder is needed there`);
  if (!stats.isDirectory()) throw new UsageError(`${shownPath(path)} is a file; a folder is needed there`);
  return { path, stats };
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // below a file
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return false;
    throw error;
  }
}
