import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '../error/command-error.ts';
import { nearestFolder } from './folder-place.ts';
import { makeFolders } from './make-folders.ts';
import { statsOf } from './path-stats.ts';
import { shownPath } from './rule-files.ts';

/**
 * Writes a file that others see whole, the old one or the new one, also where two processes write
 * it at once.
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
