import { InstallError } from '../install-error.ts';
import { appError } from './app-allowed.ts';
import { appVersion, isAdmins, type SplunkApp } from './app-files.ts';
import { type IsConfigured, nothingConfigured } from './search-settings.ts';

/** Any of the bits that make a file run. */
const executable = 0o7111;

/**
 * Reads a Splunk app.
 *
 * @param archive - As a build writes it: a `.spl`, which is a gzip tar.
 * @param isConfigured - Whether sigpack.yml itself sets a key of savedsearches.conf to this value.
 *   Default: it sets nothing.
 * @throws An InstallError for what no build of Sigpack writes.
 * @example
 * import { readFileSync } from 'node:fs';
 * import { readSplunkApp } from 'sigpack';
 *
 * const app = await readSplunkApp(readFileSync('packs/acme-1.0.0.spl'));
 * [app.id, app.version]; // => ['acme', '1.0.0']
 */
export async function readSplunkApp(
  archive: Uint8Array,
  isConfigured: IsConfigured = nothingConfigured,
): Promise<SplunkApp> {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b)
    throw new InstallError(
      'input',
      'the app cannot be unpacked: it is not a gzip archive (.tar.gz)',
    );
  // what only converts need not load the readers of archives
  const { readTarMembers, shownEntry } = await import('../../release/archive/archive-bounds.ts');
  const members = await readTarMembers(archive);
  if (!members.ok) throw new InstallError('input', `the app cannot be unpacked: ${members.error}`);
  const runs = members.value.find(({ mode }) => (mode & executable) !== 0);
  if (runs)
    throw new InstallError(
      'input',
      `the entry ${shownEntry(runs.path)} is executable, which no file of Sigpack is`,
    );
  const files = new Map(members.value.map(({ path, content }) => [path, content]));
  return appOf(files, isConfigured);
}

/**
 * The app in an archive, whose paths begin with its folder. Throws an InstallError where it is
 * not one app.
 */
function appOf(archive: ReadonlyMap<string, Uint8Array>, isConfigured: IsConfigured): SplunkApp {
  const ids = new Set([...archive.keys()].map((path) => path.split('/')[0] ?? ''));
  const [id = '', second] = ids;
  if (second !== undefined || !/^[A-Za-z][A-Za-z0-9_]*$/.test(id))
    throw new InstallError('input', 'the archive is not that of one Splunk app');
  const files = new Map(
    [...archive]
      .map(([path, bytes]): [string, Uint8Array] => [path.slice(id.length + 1), bytes])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  for (const path of files.keys()) {
    if (
      path.split('/').some((part) => part === '' || part === '.' || part === '..') ||
      /[\\:\p{Cc}]/u.test(path)
    )
      throw new InstallError(
        'input',
        `the archive has a path that leads out of it: ${JSON.stringify(path)}`,
      );
    if (isAdmins(path))
      throw new InstallError('input', `the app brings ${path}, which is the admin's`);
  }
  const reason = appError(id, files, isConfigured);
  if (reason !== undefined) throw new InstallError('input', reason);
  const version = appVersion(files);
  if (version === undefined)
    throw new InstallError('input', 'the app has no version in default/app.conf');
  return { id, version, files };
}
