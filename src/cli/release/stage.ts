import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isRecord } from '../../source/record.ts';
import { CommandError } from '../error/command-error.ts';
import { fileError } from '../error/file-error.ts';
import { entryStatsOf } from '../files/path-stats.ts';
import { shownPath } from '../files/rule-files.ts';
import { lockHolder, takeProcessLock } from '../process/process-lock.ts';

/** The folder of a release under way, in the configuration's folder. */
export const stageName = '.sigpack-release';
export const journalName = 'journal.json';
const lockFile = 'lock';

export interface Journal {
  /** From paths inside the stage to their places, in order. */
  readonly moves: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Keeps other releases away from a folder, waiting for one that is under way; returns what lets
 * them in again.
 */
export function takeReleaseLock(folder: string): () => void {
  const stage = join(folder, stageName);
  // git or an archive may contain a file of this name
  if (entryStatsOf(stage)?.isDirectory() === false) rmSync(stage);
  const release = takeProcessLock({ path: join(stage, lockFile), work: 'sigpack release' });
  try {
    // nothing that a release leaves behind is to be committed; a cloned folder may contain a link
    // of this name
    rmSync(join(stage, '.gitignore'), { recursive: true, force: true });
    writeFileSync(join(stage, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    release();
    throw error;
  }
  return () => {
    // the next release needs what an error left
    if (readdirSync(stage).every((name) => name === lockFile || name === '.gitignore'))
      rmSync(join(stage, '.gitignore'), { force: true });
    release();
    removeIfEmpty(stage);
  };
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // another release has begun
  }
}

/**
 * `moving`: a process moves files to their places now. `cut off`: one was ended while it did. In
 * both cases, the folder is of two versions. Undefined: no release is under way.
 */
export function releaseState(folder: string): 'moving' | 'cut off' | undefined {
  const stage = join(folder, stageName);
  if (!existsSync(join(stage, journalName))) return undefined;
  return lockHolder(join(stage, lockFile)) ? 'moving' : 'cut off';
}

/**
 * Removes everything in the stage but the lock; the journal first, so that the rest is not a
 * release any more.
 */
export function clearStage(stage: string): void {
  rmSync(join(stage, journalName), { force: true, recursive: true });
  for (const name of readdirSync(stage))
    if (name !== lockFile && name !== '.gitignore')
      rmSync(join(stage, name), { recursive: true, force: true });
}

/**
 * The moves of the journal. The folder may have been cloned: only moves from inside the stage to
 * inside the configuration's folder are accepted.
 */
export function journalMoves(stage: string): Journal['moves'] {
  const path = join(stage, journalName);
  const isMove = (value: unknown): value is Journal['moves'][number] =>
    isRecord(value) &&
    typeof value.from === 'string' &&
    /^(?:output|file-\d+)$/.test(value.from) &&
    typeof value.to === 'string' &&
    isBelow(value.to);
  const advice = `delete ${shownPath(stage)} and restore the folder from git`;
  let journal: unknown;
  try {
    journal = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError))
      throw new CommandError(`${shownPath(path)} cannot be read: ${fileError(error)}; ${advice}`);
  }
  if (
    isRecord(journal) &&
    Array.isArray(journal.moves) &&
    journal.moves.length > 0 &&
    journal.moves.every(isMove)
  )
    return journal.moves;
  throw new CommandError(`${shownPath(path)} is not a journal of sigpack release; ${advice}`);
}

const isBelow = (path: string): boolean =>
  path !== '' &&
  !path.includes('\0') &&
  !isAbsolute(path) &&
  !path.split(/[/\\]/).some((part) => part === '..' || /^\.git$/i.test(part));
