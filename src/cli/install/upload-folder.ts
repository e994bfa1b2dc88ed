import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AppArchive, SplunkApp } from '../../install/splunk/app-files.ts';
import type { SplunkConfig } from '../../pack/config/install-config.ts';
import { CommandError } from '../error/command-error.ts';
import { makeFolders } from '../files/make-folders.ts';
import { shownPath } from '../files/rule-files.ts';
import { appAt } from './artifact-file.ts';

/**
 * Puts an app where the server can read it, and returns the path by which the server knows it;
 * each version stays there for a rollback.
 */
export function uploaderTo(
  { folder: written, onServer }: NonNullable<SplunkConfig['upload']>,
  folder: string,
  artifact: AppArchive | undefined,
): (app: SplunkApp) => Promise<string> {
  const there = onServer.replace(/[\\/]$/, '');
  const separator = there.includes('\\') ? '\\' : '/';
  return async (app) =>
    `${there}${separator}${await putFile(resolve(folder, written), app, artifact)}`;
}

/** Returns the name of the file. */
async function putFile(
  folder: string,
  wanted: SplunkApp,
  artifact: AppArchive | undefined,
): Promise<string> {
  const { id, version } = wanted;
  if (!/^[\w.-]+$/.test(version))
    throw new CommandError('the version of the app is none of Sigpack');
  const name = `${id}-${version}.spl`;
  const path = join(folder, name);
  if (artifact?.app.version !== version) {
    // others write there, too
    if (!isSameApp(await appAt(path), wanted))
      throw new CommandError(
        `${shownPath(path)}, the version before, is not there any more, or not as it was; ` +
          'install its artifact',
      );
    return name;
  }
  makeFolders(folder);
  const part = `${path}.part`;
  // a link of that name would have another file written
  rmSync(part, { force: true });
  writeFileSync(part, artifact.archive, { flag: 'wx' });
  renameSync(part, path);
  return name;
}

const isSameApp = (there: SplunkApp | undefined, { id, files }: SplunkApp): boolean =>
  there?.id === id &&
  [...files].every(([path, bytes]) => {
    const other = there.files.get(path);
    return other !== undefined && Buffer.compare(other, bytes) === 0;
  });
