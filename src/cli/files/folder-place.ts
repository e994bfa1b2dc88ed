import type { Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommandError } from '../error/command-error.ts';
import { entryStatsOf, statsOf } from './path-stats.ts';
import { shownPath } from './rule-files.ts';

interface FoundFolder {
  readonly path: string;
  readonly stats: Stats;
}

/**
 * The folder, or the nearest existing one above it. Throws a CommandError where something else is
 * in the way, so that the folder can't be made.
 */
export function nearestFolder(folder: string): FoundFolder {
  let path = resolve(folder);
  while (!entryStatsOf(path)) path = dirname(path);
  const stats = statsOf(path);
  if (!stats)
    throw new CommandError(
      `${shownPath(path)} is a link that leads nowhere; a folder is needed there`,
    );
  if (!stats.isDirectory())
    throw new CommandError(`${shownPath(path)} is a file; a folder is needed there`);
  return { path, stats };
}
