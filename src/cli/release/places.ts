import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { CommandError } from '../error/command-error.ts';
import type { LoadedConfig } from '../files/config-file.ts';
import { nearestFolder } from '../files/folder-place.ts';
import { configuredList, watchedPaths } from '../files/path-list.ts';
import { entryStatsOf } from '../files/path-stats.ts';
import { isOutside } from '../files/portable-path.ts';
import { shownPath } from '../files/rule-files.ts';
import { lockName } from './lock-file.ts';
import { stageName } from './stage.ts';

/**
 * Refuses a place that a file can't be renamed to: it must be below the folder, also where links
 * lead, and on its disk. Only folders may be where folders are needed.
 */
export function refuseElsewhere(folder: string, to: string): void {
  const target = join(folder, to);
  const { path: parent, stats } = nearestFolder(dirname(target));
  if (isOutside(relative(realpathSync(folder), realpathSync(parent))))
    throw new CommandError(
      `${shownPath(target)} leads out of the folder of the configuration; a release is ` +
        'written below it',
    );
  if (stats.dev !== statSync(folder).dev)
    throw new CommandError(
      `${shownPath(target)} is on another disk than the configuration; a release is moved in ` +
        'one step',
    );
}

/** Refuses places of a release that are in use, before anything is done. */
export function refuseCollisions(loaded: LoadedConfig): void {
  const { folder, file, config } = loaded;
  const { output, changelog } = config.release;
  const read: readonly (readonly [string, string])[] = [
    ...watchedPaths([configuredList(loaded, 'rules')]).map(
      (path) => [path, 'rules are read from'] as const,
    ),
    ...watchedPaths([configuredList(loaded, 'filters')]).map(
      (path) => [path, 'filters are read from'] as const,
    ),
    ...[...config.pipelines.values()]
      .flat()
      .map((path) => [path, 'a pipeline is read from'] as const),
    ...(config.templates === undefined
      ? []
      : [[config.templates, 'templates are read from'] as const]),
  ];
  const kept: readonly (readonly [string, string])[] = [
    [basename(file.path), 'the configuration'],
    [lockName, 'the lock'],
    [stageName, 'what a release under way is written to'],
    ['.git', 'what git keeps'],
  ];
  const refuse = (key: string, path: string, use: string): never => {
    throw new CommandError(
      `release.${key} is ${JSON.stringify(path)}, which is ${use}; name another place`,
    );
  };
  for (const [path, use] of kept) {
    if (isWithin(folder, changelog, path)) refuse('changelog', changelog, use);
    if (isWithin(folder, output, path)) refuse('output', output, use);
  }
  for (const [path, use] of read) {
    // packs of the rules in the folder itself are usual
    const isHome = resolve(folder, path) === resolve(folder);
    const yaml = /\.(?:ya?ml|hbs)$/i.test(changelog);
    if (isSame(folder, changelog, path) || (yaml && isWithin(folder, changelog, path)))
      refuse('changelog', changelog, `where ${use}`);
    if (!isHome && isWithin(folder, output, path)) refuse('output', output, `where ${use}`);
  }
  if (isWithin(folder, output, changelog)) refuse('output', output, 'the changelog');
  for (const path of [`${output}/0.0.0`, changelog]) refuseElsewhere(folder, path);
  if (entryStatsOf(join(folder, changelog))?.isDirectory())
    refuse('changelog', changelog, 'a folder');
}

// a disk may ignore the case of letters
const keyOf = (folder: string, path: string): string =>
  resolve(folder, path).normalize('NFC').toLowerCase();
const isSame = (folder: string, a: string, b: string): boolean =>
  keyOf(folder, a) === keyOf(folder, b);
const isWithin = (folder: string, inner: string, outer: string): boolean =>
  !isOutside(relative(keyOf(folder, outer), keyOf(folder, inner)));
