import { createHash } from 'node:crypto';
import { madeForIn } from '../../artifact/made-for.ts';
import { type ConfFile, readConf } from '../../pack/render/conf-reader.ts';
import { type NamedSearches, namedSearches } from '../../pack/splunk/grouped/member-searches.ts';
import { isGroupDescription } from '../../pack/splunk/grouped/stanza.ts';
import { digestOf } from '../../release/meaning/digest.ts';
import { groupedSearch } from '../object-kinds.ts';
import type { InstallObject } from '../plan.ts';

/** Files of a Splunk app by their paths below its folder, sorted. */
export type AppFiles = ReadonlyMap<string, Uint8Array>;

/** A Splunk app that a build of Sigpack wrote. */
export interface SplunkApp {
  readonly id: string;
  readonly version: string;
  readonly files: AppFiles;
}

/** An app and the archive that it came in. */
export interface AppArchive {
  readonly app: SplunkApp;
  readonly archive: Uint8Array;
}

export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** What an update leaves alone. */
export const isAdmins = (path: string): boolean =>
  path === 'metadata/local.meta' || path === 'local' || path.startsWith('local/');

export const appVersion = (files: AppFiles): string | undefined =>
  settingsIn(files, 'default/app.conf').get('launcher')?.get('version');

/** The product that the app was made for, by its description. */
export const appMadeFor = (files: AppFiles): string | undefined =>
  madeForIn(settingsIn(files, 'default/app.conf').get('launcher')?.get('description') ?? '');

export const settingsIn = (
  files: AppFiles,
  path: string,
): ReadonlyMap<string, ReadonlyMap<string, string>> =>
  readConf(textOf(files.get(path) ?? new Uint8Array())).stanzas;

/** The saved searches of an app, and which of them are of detections and of groups. */
export function savedSearchesIn(files: AppFiles): NamedSearches & Pick<ConfFile, 'stanzas'> {
  const text = textOf(files.get('default/savedsearches.conf') ?? new Uint8Array());
  const file = readConf(text);
  return { stanzas: file.stanzas, ...namedSearches(text, file) };
}

const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);
export const filesDigest = (files: AppFiles): string =>
  digestOf([...files].map(([path, bytes]) => [path, sha256(bytes)]));

/** A saved search for people: which is not one of a detection says so. */
export const searchName = (name: string, settings: ReadonlyMap<string, string>): string =>
  isGroupDescription(settings.get('description') ?? '') ? `${groupedSearch}${name}` : name;

/** Conf files whose stanzas are objects of their own. */
export const stanzaFiles = /^default\/(?:savedsearches|macros)\.conf$/;

/**
 * Saved searches and macros by stanza, other files by digest; lookups only where
 * `isOurs`: others are the admin's.
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
      name: path === 'default/macros.conf' ? `macro ${name}` : searchName(name, fields),
      fields,
    }));
  });
}
