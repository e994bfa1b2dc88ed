import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { nothingPublished } from '../../pack/config/published.ts';
import type { NamingHistory } from '../../pack/naming/published-names.ts';
import { type PlacedLock, readLock } from '../../release/lock/text.ts';
import { publishedGroups } from '../../release/pack-settings.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import { rootOf } from '../../source/yaml/parse.ts';
import { lookup } from '../../source/yaml/tree.ts';
import type { LoadedConfig } from '../files/config-file.ts';
import { withSlashes } from '../files/portable-path.ts';
import { readSourceFile } from '../files/rule-files.ts';

export const lockName = 'sigpack.lock';

export interface LockOptions {
  /** Default true. */
  readonly keepNames?: boolean;
  /** The rules are complete: other published detections are retired. */
  readonly retire: boolean;
  readonly dropRetired?: boolean;
}

export interface Locked {
  /** The configuration, with the version and revision of the lock where it names none. */
  readonly loaded: LoadedConfig;
  readonly lock: PlacedLock | undefined;
  readonly lockFile: SourceFile;
  readonly history: NamingHistory;
}

/**
 * The configuration with the lock next to it; undefined where the lock is wrong, which `bag` then
 * reports.
 */
export function withLock(
  loaded: LoadedConfig,
  bag: DiagnosticBag,
  { keepNames = true, retire, dropRetired = false }: LockOptions,
): Locked | undefined {
  const path = join(loaded.folder, lockName);
  const pathOf = pathIn(loaded);
  if (!existsSync(path)) return withoutLock(loaded, { keepNames, retire });
  const lockFile = readSourceFile(path, bag);
  const lock = lockFile && readLock(lockFile, bag);
  if (!lockFile || !lock) return undefined;
  if (lock.pack.id !== loaded.config.info.id) {
    bag.add(lockFile, {
      code: 'LCK001',
      message: `the lock is of the pack \`${lock.pack.id}\`, not of \`${loaded.config.info.id}\``,
      span: { start: 0, end: 0 },
    });
    return undefined;
  }
  const { version, revision } = lock.pack;
  const names = writtenKeys(loaded.file);
  const info = {
    ...loaded.config.info,
    ...(names.has('version') ? {} : { version }),
    ...(names.has('revision') ? {} : { revision }),
  };
  const published = {
    detections: [...lock.rules.values()],
    retired: dropRetired ? [] : [...lock.retired.values()],
    groups: publishedGroups(lock.pack.settings).filter(
      ({ retired }) => !dropRetired || retired === undefined,
    ),
  };
  return {
    loaded: { ...loaded, config: { ...loaded.config, info } },
    lock,
    lockFile,
    history: { published, pathOf, keepNames, retire },
  };
}

/** As if nothing had been published. */
export const withoutLock = (
  loaded: LoadedConfig,
  { keepNames = true, retire }: LockOptions = { retire: false },
): Locked => ({
  loaded,
  lock: undefined,
  lockFile: { path: lockName, text: '' },
  history: { published: nothingPublished, pathOf: pathIn(loaded), keepNames, retire },
});

/** Many rules are in one folder, which is made relative once. */
function pathIn({ folder }: LoadedConfig): (file: string) => string {
  const folders = new Map<string, string>();
  return (file) => {
    const end = file.lastIndexOf('/') + 1;
    const above = file.slice(0, end);
    const name = file.slice(end);
    // what is not a plain name changes the folder
    if (end === 0 || name === '' || name === '.' || name === '..' || name.includes('\\'))
      return withSlashes(relative(folder, resolve(file)));
    const known = folders.get(above) ?? withSlashes(relative(folder, resolve(above)));
    folders.set(above, known);
    return known === '' ? name : `${known}/${name}`;
  };
}

function writtenKeys(file: SourceFile): ReadonlySet<string> {
  const root = rootOf(file);
  return new Set(['version', 'revision'].filter((key) => lookup(root, key) !== undefined));
}
