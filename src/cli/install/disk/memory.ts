import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AppFiles, filesDigest } from '../../../install/splunk/app-files.ts';
import { discard, memoryOf, setAside, workOf } from './state-folder.ts';
import { isFolder, readTree } from './tree.ts';

/**
 * How an app comes to its place: over one of Sigpack's, over another that is kept, back to the
 * version before, or back to that other one.
 */
export type Swap = 'install' | 'adopt' | 'rollback' | 'release';

/** A file in the record of all but a plain install: it shows what to remember. */
export const markOf = (how: Swap): string => `local.${how}`;

/** What is installed now, and what was before it. Each step can be done again. */
export function remember(state: string): void {
  const { old, record } = workOf(state);
  const { installed, previous, adopted } = memoryOf(state);
  const remove = (path: string): void => rmSync(path, { recursive: true, force: true });
  const how = (['adopt', 'rollback', 'release'] as const).find((one) =>
    existsSync(join(record, markOf(one))),
  );
  if (how === 'adopt' && existsSync(old)) {
    setAside(state, 'adopted');
    renameSync(old, adopted);
  }
  if (how === 'release') {
    for (const path of [previous, installed, adopted]) remove(path);
    // in one step: a part of it would pass for the record of an install
    renameSync(record, `${record}.part`);
    remove(`${record}.part`);
  } else {
    if (how !== undefined) {
      remove(previous);
      remove(installed);
      rmSync(join(record, markOf(how)));
    } else if (existsSync(installed)) {
      const same = filesDigest(readTree(installed)) === filesDigest(readTree(record));
      if (!same) {
        remove(previous);
        renameSync(installed, previous);
      } else remove(installed);
    }
    renameSync(record, installed);
  }
  discard(state, old);
}

/** What the state folder has of an app. */
export interface Memory {
  readonly installed: AppFiles | undefined;
  readonly previous: AppFiles | undefined;
  /** What a rollback returns to is an app of someone else's. */
  readonly isAdopted: boolean;
}

export function recall(state: string): Memory {
  const { installed, previous, adopted } = memoryOf(state);
  const isAdopted = !existsSync(previous) && existsSync(adopted);
  const before = isAdopted ? adopted : previous;
  return {
    installed: isFolder(installed) ? readTree(installed) : undefined,
    previous: isFolder(before) ? readTree(before) : undefined,
    isAdopted,
  };
}
