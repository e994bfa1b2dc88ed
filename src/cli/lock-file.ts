import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { NamingHistory } from '../pack/naming.ts';
import type { Pack } from '../pack/pack.ts';
import { nothingPublished } from '../pack/published.ts';
import { diffOf } from '../release/diff.ts';
import { type Lock, lockSnapshot } from '../release/lock.ts';
import { readLock } from '../release/lock-text.ts';
import { type Built, snapshotOf } from '../release/snapshot.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { lookup, parseYaml } from '../source/yaml.ts';
import type { LoadedConfig } from './config-file.ts';
import { withSlashes } from './portable-path.ts';
import { readSourceFile } from './rule-files.ts';

export const lockName = 'sigpack.lock';

export interface LockOptions {
  /** Default true. */
  readonly keepNames?: boolean;
  /** The rules at hand are all: what was published beside is retired. */
  readonly retire: boolean;
  readonly dropRetired?: boolean;
}

export interface Locked {
  /** The configuration; version and revision are the lock's where it names none. */
  readonly loaded: LoadedConfig;
  readonly lock: Lock | undefined;
  readonly lockFile: SourceFile;
  readonly history: NamingHistory;
}

/** The configuration with the lock beside it; undefined when `bag` has been told what is wrong with the lock. */
export function withLock(loaded: LoadedConfig, bag: DiagnosticBag, { keepNames = true, retire, dropRetired = false }: LockOptions): Locked | undefined {
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
  const info = { ...loaded.config.info, ...(names.has('version') ? {} : { version }), ...(names.has('revision') ? {} : { revision }) };
  const published = { detections: [...lock.rules.values()], retired: dropRetired ? [] : [...lock.retired.values()] };
  return { loaded: { ...loaded, config: { ...loaded.config, info } }, lock, lockFile, history: { published, pathOf, keepNames, retire } };
}

/** As if nothing had been published. */
export const withoutLock = (loaded: LoadedConfig, { keepNames = true, retire }: LockOptions = { retire: false }): Locked => ({
  loaded,
  lock: undefined,
  lockFile: { path: lockName, text: '' },
  history: { published: nothingPublished, pathOf: pathIn(loaded), keepNames, retire },
});

const pathIn =
  ({ folder }: LoadedConfig) =>
  (file: string): string =>
    withSlashes(relative(folder, resolve(file)));

function writtenKeys(file: SourceFile): ReadonlySet<string> {
  const [root] = parseYaml(file, createBag());
  return new Set(['version', 'revision'].filter((key) => lookup(root, key) !== undefined));
}

/** Complains about each way in which a build is not what the lock says it was published as. */
export function checkFrozen({ lock, lockFile, loaded, bag }: Locked & { readonly bag: DiagnosticBag }, pack: Pack, built: Built): void {
  const complain = (message: string, at = 0): void => bag.add(lockFile, { code: 'LCK002', message, span: { start: at, end: at } });
  if (!lock) {
    complain('there is no sigpack.lock; `sigpack release` writes it');
    return;
  }
  const { version, revision } = loaded.config.info;
  if (version !== lock.pack.version) complain(`the version is ${version}, locked is ${lock.pack.version}`);
  if (revision !== lock.pack.revision) complain(`the revision is ${revision}, locked is ${lock.pack.revision}`);
  const { changes, parameters } = diffOf(lockSnapshot(lock), snapshotOf(version, pack, built));
  for (const { id, kinds, before, after } of changes) {
    const at = lockFile.text.indexOf(`\n  ${id}:`) + 3;
    complain(`"${(after ?? before)?.title}" (${id}): ${kinds.map((kind) => words[kind]).join(', ')}`, Math.max(0, at));
  }
  const entities = new Map(built.entries.map((entry) => [entry.id, entry.entities.join()]));
  for (const rule of lock.rules.values()) {
    const now = entities.get(rule.id);
    if (now !== undefined && now !== rule.entities.join()) complain(`"${rule.title}" (${rule.id}): its Graylog entities differ`);
  }
  for (const name of [...parameters.added, ...parameters.removed]) complain(`parameter ${name} is on one side only`);
}

const words = {
  added: 'is not in the lock',
  removed: 'is in the lock alone',
  renamed: 'its title or name differs',
  meaning: 'its condition differs',
  query: 'its query differs',
  settings: 'its severity or settings differ',
  moved: 'its file is another one',
  text: 'its texts differ',
} as const;
