import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { shownPath } from '../../files/rule-files.ts';
import { writeRelease } from '../../release/files.ts';
import { type Signing, sourceOf } from '../../release/folder.ts';
import { isAsLocked } from '../../release/frozen.ts';
import { printText } from '../../terminal/guarded.ts';
import { notesOf } from './changelog.ts';
import { type Compiled, releaseFiles } from './compiled.ts';
import type { ReleaseOptions } from './run.ts';

/**
 * Writes the artifacts of the locked version once more, as CI does on a tag. Undefined where the
 * rules make other artifacts, which the project's bag then reports.
 */
export async function releaseAgain(
  compiled: Compiled,
  signing: Signing | undefined,
  options: ReleaseOptions,
): Promise<ExitCode | undefined> {
  const { project, pack, built } = compiled;
  const { lock, loaded } = project;
  if (!isAsLocked(project, pack, built) || !lock) return undefined;
  const { version } = lock.pack;
  const path = `${loaded.config.release.output}/${version}`;
  if (existsSync(join(loaded.folder, path)))
    throw new CommandError(`version ${version} exists already: the folder ${path}`);
  const notes = options.notes === undefined ? undefined : notesOf(loaded, version);
  const files = await releaseFiles(compiled, pack, lock, {
    source: sourceOf(loaded.folder),
    signing,
  });
  if (!files) return undefined;
  if (!options.dryRun && options.notes !== undefined && notes !== undefined) {
    makeFolders(dirname(options.notes));
    writeFileSync(options.notes, notes);
  }
  if (!options.dryRun) writeRelease(loaded.folder, { files: [], output: { path, files } });
  printText(
    `${options.dryRun ? 'would write' : 'wrote'} ${shownPath(join(loaded.folder, path))}: ` +
      `${files.length} files\n`,
  );
  return exitCodes.success;
}
