import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '../error/command-error.ts';
import { nearestFolder } from './folder-place.ts';
import { makeFolders } from './make-folders.ts';
import { statsOf } from './path-stats.ts';
import { shownPath } from './rule-files.ts';

/**
 * Writes a file in one step: others see the whole old one or the whole new one, even where two
 * processes write it at once.
 */
export function writeWhole(path: string, text: string): void {
  const there = statsOf(path);
  if (there?.isDirectory())
    throw new CommandError(`${shownPath(path)} is a folder; a file is to be written there`);
  if (there && !there.isFile()) {
    // a pipe or a device takes the text as it comes
    writeFileSync(path, text);
    return;
  }
  const folder = dirname(path);
  nearestFolder(folder);
  makeFolders(folder);
  const temporary = join(folder, `.sigpack-part-${randomUUID()}`);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
