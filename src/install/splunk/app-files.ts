import { createHash } from 'node:crypto';
import { madeForIn } from '../../artifact/made-for.ts';
import { readConf } from '../../pack/render/splunk-conf.ts';
import { digestOf } from '../../release/meaning/digest.ts';
import type { InstallObject } from '../plan.ts';
import { appError } from './app-allowed.ts';
import { type IsConfigured, nothingConfigured } from './search-settings.ts';

/** Files of a Splunk app by their paths below its folder, sorted. */
export type AppFiles = ReadonlyMap<string, Buffer>;

export interface SplunkApp {
  readonly id: string;
  readonly version: string;
  readonly files: AppFiles;
}

export class AppError extends Error {
  override readonly name = 'AppError';
}

/**
 * The app in an archive, whose paths begin with its folder. Throws AppError where it is not one
 * app.
 */
export function appOf(
  archive: ReadonlyMap<string, Buffer>,
  isConfigured: IsConfigured = nothingConfigured,
): SplunkApp {
  const ids = new Set([...archive.keys()].map((path) => path.split('/')[0] ?? ''));
  const [id = '', second] = ids;
  if (second !== undefined || !/^[A-Za-z][A-Za-z0-9_]*$/.test(id))
    throw new AppError('the archive is not that of one Splunk app');
  const files = new Map(
    [...archive]
      .map(([path, bytes]): [string, Buffer] => [path.slice(id.length + 1), bytes])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  for (const path of files.keys()) {
    if (
      path.split('/').some((part) => part === '' || part === '.' || part === '..') ||
      /[\\:\p{Cc}]/u.test(path)
    )
      throw new AppError(`the archive has a path that leads out of it: ${JSON.stringify(path)}`);
    if (isAdmins(path)) throw new AppError(`the app brings ${path}, which is the admin's`);
  }
  const reason = appError(id, files, isConfigured);
  if (reason !== undefined) throw new AppError(reason);
  const version = appVersion(files);
  if (version === undefined) throw new AppError('the app has no version in default/app.conf');
  return { id, version, files };
}

/** What an update leaves alone. */
export const isAdmins = (path: string): boolean =>
  path === 'metadata/local.meta' || path === 'local' || path.startsWith('local/');

export const appVersion = (files: AppFiles): string | undefined =>
  settingsIn(files, 'default/app.conf').get('launcher')?.get('version');

/** For which product the app was made, as its description says. */
export const appMadeFor = (files: AppFiles): string | undefined =>
  madeForIn(settingsIn(files, 'default/app.conf').get('launcher')?.get('description') ?? '');

export const settingsIn = (
  files: AppFiles,
  path: string,
): ReadonlyMap<string, ReadonlyMap<string, string>> =>
  readConf(files.get(path)?.toString('utf8') ?? '').stanzas;

const sha256 = (bytes: Buffer): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);
export const filesDigest = (files: AppFiles): string =>
  digestOf([...files].map(([path, bytes]) => [path, sha256(bytes)]));

/** Conf files whose stanzas are objects of their own. */
export const stanzaFiles = /^default\/(?:savedsearches|macros)\.conf$/;

/**
 * Saved searches and macros by stanza, other files by digest; no lookup that `isOurs` says is the
 * admin's.
 */
export function fileObjects(
  files: AppFiles,
  isOurs: (path: string) => boolean = () => true,
): readonly InstallObject[] {
  return [...files].flatMap(([path, bytes]): InstallObject[] => {
    if (path.startsWith('lookups/') && !isOurs(path)) return [];
    if (!stanzaFiles.test(path))
      return [{ key: path, name: path, fields: new Map([['content', sha256(bytes)]]) }];
    return [...settingsIn(files, path)].map(([name, fields]) => ({
      key: `${path} ${name}`,
      name: path === 'default/macros.conf' ? `macro ${name}` : name,
      fields,
    }));
  });
}
