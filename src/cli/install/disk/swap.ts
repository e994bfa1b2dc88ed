import { chmodSync, existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Drift } from '../../../install/plan.ts';
import { type AppFiles, filesDigest } from '../../../install/splunk/app-files.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { writeDurably } from '../../files/write-durably.ts';
import { markOf, remember, type Swap } from './memory.ts';
import { type AppPlaces, discard, freeName, memoryOf, setAside, workOf } from './state-folder.ts';
import { takeOver } from './take-over.ts';
import { copyEntry, existsItself, linkOnTheWay, readTree, writeTree } from './tree.ts';

/**
 * Unpacks next to the app, takes over what is the admin's, and swaps by two renames. Where a run is
 * cut off between them, there is no app until the next command: each calls {@link mendApp} first,
 * which puts the old one back.
 */
export function swapApp(
  places: AppPlaces,
  files: AppFiles,
  kept: readonly Drift[],
  how: Swap,
): void {
  const { target, folder, state } = places;
  const { fresh, old, record } = workOf(state);
  makeFolders(folder);
  try {
    if (how === 'release') copyAdopted(memoryOf(state).adopted, fresh);
    else writeTree(fresh, files);
    if (filesDigest(readTree(fresh)) !== filesDigest(files))
      throw new Error(`what was unpacked into ${fresh} is not what the app holds`);
    writeTree(`${record}.part`, files);
    if (how !== 'install') writeDurably(join(`${record}.part`, markOf(how)), '');
    if (existsSync(target)) {
      takeOver(places, files, kept);
      chmodSync(fresh, lstatSync(target).mode & 0o7777);
    }
    renameSync(`${record}.part`, record);
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
  } catch (error) {
    mendApp(places);
    throw error;
  }
  remember(state);
}

/** As it was, with modes and links; what is the admin's comes from the app that is there now. */
function copyAdopted(adopted: string, fresh: string): void {
  copyEntry(adopted, fresh);
  for (const own of ['local', 'metadata/local.meta'])
    if (linkOnTheWay(fresh, dirname(own).split('/')) === undefined)
      rmSync(join(fresh, own), { recursive: true, force: true });
}

/**
 * Ends what an earlier run was cut off at: puts the old app back where the app is missing, or
 * remembers what was swapped in.
 */
export function mendApp({ target, state }: AppPlaces): void {
  const { fresh, old, record } = workOf(state);
  if (existsSync(old) && !existsSync(target)) renameSync(old, target);
  if (existsSync(record) && !existsSync(fresh)) {
    // the new app is in its place
    if (existsSync(target)) remember(state);
  }
  // someone put another app there meanwhile: the old one has what is the admin's
  if (existsSync(old) && existsSync(fresh)) setAside(state, 'old');
  for (const stale of workFolders(state)) discard(state, stale);
}

// the record goes first: without the new app next to it, it would count as swapped in
function workFolders(state: string): readonly string[] {
  const { fresh, old, record } = workOf(state);
  return [record, `${record}.part`, fresh, old];
}

/** Whether a run before left something that {@link mendApp} has to end. */
export const isCutOff = ({ state }: AppPlaces): boolean => workFolders(state).some(existsItself);

/** What an uninstall put aside, and where it lies. */
export interface PutAside {
  readonly app: string;
  /** What had been taken over before, which no rollback returns to any more. */
  readonly adopted: string | undefined;
}

/**
 * Takes the app away; it is kept with all that the admin had in it, and so are those that were
 * removed before.
 */
export function removeApp({ target, state }: AppPlaces): PutAside {
  const { installed, previous } = memoryOf(state);
  const app = existsItself(join(state, 'removed'))
    ? freeName(state, 'removed')
    : join(state, 'removed');
  renameSync(target, app);
  const adopted = setAside(state, 'adopted');
  for (const path of [installed, previous]) rmSync(path, { recursive: true, force: true });
  return { app, adopted };
}
