import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Lock } from '../../release/lock/lock.ts';
import { visible } from '../../source/visible.ts';
import {
  type ChangedFile,
  changedFiles,
  isRepository,
  knownTags,
  repositoryRoot,
  textAtHead,
} from '../process/git.ts';
import { lockName } from './lock-file.ts';

const shownFiles = 5;

/**
 * How a folder differs from what git has of it, and what to do about that; undefined where it does
 * not, or is not in git.
 */
export function dirtyTreeError(folder: string, lock: Lock | undefined): string | undefined {
  if (!isRepository(folder)) return undefined;
  const changed = changedFiles(folder);
  if (changed.length === 0) return undefined;
  const root = repositoryRoot(folder) ?? folder;
  const keys = changed.filter(({ path }) => holdsPrivateKey(join(root, path)));
  const others = changed.filter((file) => !keys.includes(file));
  return [
    ...(others.length > 0 ? [changeError(others, folder, lock)] : []),
    ...(keys.length > 0 ? [keyError(keys)] : []),
  ].join(' ');
}

function keyError(keys: readonly ChangedFile[]): string {
  const names = listed(keys.map(({ path }) => path));
  const [hold, them] =
    keys.length === 1 ? ['holds a private key', 'it'] : ['hold private keys', 'them'];
  return (
    `${names} ${hold} and git does not ignore ${them}: move ${them} out of the git tree, and ` +
    `never commit ${them}.`
  );
}

function changeError(
  files: readonly ChangedFile[],
  folder: string,
  lock: Lock | undefined,
): string {
  const names = listed(files.map(({ state, path }) => `${state} ${path}`));
  const start = `the git tree has changes that are not committed: ${names}.`;
  if (lock && isJustReleased(folder, lock)) {
    const tag = `v${lock.pack.version}`;
    return (
      `${start} Release ${lock.pack.version} has been written and is not committed: commit its ` +
      `files and tag the commit ${tag}, then release again.`
    );
  }
  return `${start} Commit or stash them, so that the release can be built again from git.`;
}

/**
 * True where a release has written this lock since the last commit: nothing else raises its
 * version.
 */
function isJustReleased(folder: string, { pack: { version } }: Lock): boolean {
  const committed = /^ {2}version: (.*)$/m.exec(textAtHead(folder, lockName) ?? '')?.[1];
  return committed !== version && knownTags(folder, [`v${version}`]).length === 0;
}

/** In bytes: a PEM file of any key is smaller. */
const largestKey = 64 * 1024;

function holdsPrivateKey(path: string): boolean {
  try {
    const stats = statSync(path);
    return (
      stats.isFile() &&
      stats.size <= largestKey &&
      /-----BEGIN [A-Z ]*PRIVATE KEY/.test(readFileSync(path, 'latin1'))
    );
  } catch {
    // deleted, or not readable: no commit adds it
    return false;
  }
}

const listed = (names: readonly string[]): string =>
  names.slice(0, shownFiles).map(visible).join(', ') +
  (names.length > shownFiles ? `, ${names.length - shownFiles} more` : '');
