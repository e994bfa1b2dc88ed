import { lchownSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../error/command-error.ts';
import { isDenied } from '../../error/error-code.ts';
import { systemError } from '../../error/file-error.ts';
import { entryStatsOf, statsOf } from '../../files/path-stats.ts';
import { giveTree, type IsWritten } from './tree.ts';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface LeftFolder {
  /** From Splunk's home on. */
  readonly parts: readonly string[];
  readonly isWritten: IsWritten;
}

/**
 * Does the work with the rights of who owns the apps, where root calls: a link on the way gives
 * nobody what is not theirs already, and what is written belongs to that owner. `left` are
 * folders in which Sigpack may have left something to root; without it nothing changes owners.
 */
export function asOwner<T>(
  home: string,
  folder: string,
  left: readonly LeftFolder[] | undefined,
  work: () => T,
): T {
  const owner = process.geteuid?.() === 0 ? ownerOf([folder, join(home, 'etc'), home]) : undefined;
  if (!owner) return work();
  if (left) makeState(home, owner);
  // older versions of Sigpack left some of it to root
  for (const { parts, isWritten } of left ?? [])
    giveTree(realpathSync(home), parts, { ...owner, isWritten });
  return withRights(owner, work);
}

/**
 * The first of the paths that is not root's decides: its owner could put anything in place of those
 * below.
 */
function ownerOf(paths: readonly string[]): Owner | undefined {
  const entries = paths.flatMap((path) => [entryStatsOf(path), statsOf(path)]);
  return entries.find((one) => one !== undefined && one.uid !== 0);
}

/**
 * The folder for what an install remembers: where etc/ is root's, the owner of the apps could not
 * make it.
 */
function makeState(home: string, { uid, gid }: Owner): void {
  const [etc, state] = [join(home, 'etc'), join(home, 'etc', '.sigpack')];
  if (entryStatsOf(etc)?.uid !== 0 || entryStatsOf(state)) return;
  mkdirSync(state);
  lchownSync(state, uid, gid);
}

function withRights<T>({ uid, gid }: Owner, work: () => T): T {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([gid]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && isDenied(error))
      throw new CommandError(
        `${systemError(error)}; root works there with the rights of the owner of the apps ` +
          `(uid ${uid}): give it to them`,
      );
    throw error;
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}
