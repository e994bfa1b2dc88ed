import { randomUUID } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../../source/record.ts';
import { visible } from '../../source/visible.ts';
import { CommandError } from '../error/command-error.ts';
import { errorCode } from '../error/error-code.ts';
import { nearestFolder } from '../files/folder-place.ts';
import { makeFolders } from '../files/make-folders.ts';
import { entryStatsOf } from '../files/path-stats.ts';
import { shownPath } from '../files/rule-files.ts';
import { pause } from './pause.ts';
import { type ProcessIdentity, stateOf, thisProcess } from './process-identity.ts';

/**
 * A file that one process at a time may have, here or on another machine that shares the folder.
 */
export interface ProcessLock {
  readonly path: string;
  /** The work under the lock, as others that have to wait for it read it: `a sigpack release`. */
  readonly work: string;
  /**
   * How long to wait for another process, in milliseconds. Default: SIGPACK_WAIT, or 30 seconds.
   */
  readonly patience?: number;
}

/** The process that has a lock, and its work. */
export interface LockHolder extends ProcessIdentity {
  readonly work: string;
  readonly token: string;
}

/**
 * Starts the names of files and folders that exist while something is written. Who has the lock of
 * a folder removes those that were left behind.
 */
export const temporaryPrefix = '.sigpack-new-';
/**
 * A lock of another machine that has not been renewed for this long was left behind. Milliseconds.
 */
export const strangerAge = 10 * 60_000;
/**
 * An empty lock is just being written. When it is older than this, its disk was full or its process
 * was killed.
 */
const emptyAge = 2_000;
const renewal = 60_000;
const defaultPatience = 30_000;
/** In bytes; a larger file is not a lock. */
const largest = 10_000;
/** Only a wait that is longer than this is mentioned. Milliseconds. */
const silence = 1_000;

/** Does work while no other process does work under the same lock. */
export function withProcessLock<T>(lock: ProcessLock, work: () => T): T {
  const release = takeProcessLock(lock);
  try {
    return work();
  } finally {
    release();
  }
}

/**
 * Takes the lock, waiting for another process that has it, and returns what releases it. A lock
 * that was left behind is taken over: its process is gone, or its disk was full before the process
 * was written, or its machine has not renewed it. Throws a CommandError that names the work under
 * way when the wait is over.
 */
export function takeProcessLock(lock: ProcessLock): () => void {
  const patience = lock.patience ?? patienceOf(process.env.SIGPACK_WAIT);
  const began = performance.now();
  let mentioned = false;
  for (;;) {
    const release = tryTake(lock);
    if (release) return release;
    const found = foundLock(lock.path);
    if (found?.state === 'left' && removeLeft(lock.path)) continue;
    const waited = performance.now() - began;
    if (waited >= patience) throw new CommandError(underWay(lock.path, found?.holder));
    if (!mentioned && waited >= silence) {
      mentioned = true;
      process.stderr.write(
        `sigpack: ${whose(found?.holder)} is under way${where(found?.holder)}; waiting for it\n`,
      );
    }
    pause(Math.min(patience - waited, 20 + Math.random() * 80));
  }
}

/** The process that has the lock now; undefined where no process has it, or one that is gone. */
export function lockHolder(path: string): Partial<LockHolder> | undefined {
  const found = foundLock(path);
  return found?.state === 'held' ? (found.holder ?? {}) : undefined;
}

/** SIGPACK_WAIT, which is in seconds, in milliseconds. */
function patienceOf(seconds: string | undefined): number {
  if (seconds === undefined || seconds === '') return defaultPatience;
  if (!/^\d{1,6}$/.test(seconds)) throw new CommandError('SIGPACK_WAIT is not a number of seconds');
  return Number(seconds) * 1000;
}

/** Tokens of the locks that this process has. */
const own = new Set<string>();

/**
 * Takes the lock if it is free, and returns what releases it. Undefined: another process has the
 * lock, or has just released it.
 */
function tryTake({ path, work }: ProcessLock): (() => void) | undefined {
  const descriptor = createFile(path);
  if (descriptor === undefined) return undefined;
  const token = randomUUID();
  const text = `${JSON.stringify({ ...thisProcess(), work, token } satisfies LockHolder)}\n`;
  let whole = false;
  try {
    writeFileSync(descriptor, text);
    whole = true;
  } finally {
    closeSync(descriptor);
    // an empty file would look like the lock of another process
    if (!whole) rmSync(path, { force: true });
  }
  own.add(token);
  removeOldBreaking(path);
  const timer = setInterval(() => renew(path, token), renewal).unref();
  return () => {
    clearInterval(timer);
    own.delete(token);
    // another machine may have taken the lock over
    if (readHolder(path)?.token === token) rmSync(path, { force: true });
  };
}

/** Undefined: the file is there, or its folder is gone again. */
function createFile(path: string): number | undefined {
  const folder = dirname(path);
  nearestFolder(folder);
  makeFolders(folder);
  try {
    return openSync(path, 'wx', 0o644);
  } catch (error) {
    // the folder may have been removed with the lock of another process
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

interface FoundLock {
  /** Undefined: the file names no process. */
  readonly holder: LockHolder | undefined;
  readonly state: 'held' | 'left';
}

/** The lock at a path, if there is one. */
function foundLock(path: string): FoundLock | undefined {
  const there = entryStatsOf(path);
  if (!there) return undefined;
  // wherever it leads: Sigpack makes no links
  if (there.isSymbolicLink()) return { holder: undefined, state: 'left' };
  if (!there.isFile())
    throw new CommandError(`${shownPath(path)} is in the way: a lock is to be written there`);
  const holder = there.size > largest ? undefined : readHolder(path);
  const left = (age: number): FoundLock => ({
    holder,
    state: Math.abs(ageOf(path, there.mtimeMs)) > age ? 'left' : 'held',
  });
  if (!holder) return left(emptyAge);
  if (own.has(holder.token)) return { holder, state: 'held' };
  const state = stateOf(holder);
  return state === 'elsewhere'
    ? left(strangerAge)
    : { holder, state: state === 'alive' ? 'held' : 'left' };
}

function readHolder(path: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isHolder(value: unknown): value is LockHolder {
  if (!isRecord(value) || typeof value.pid !== 'number') return false;
  return ['started', 'machine', 'host', 'work', 'token'].every(
    (key) => typeof value[key] === 'string',
  );
}

/** Milliseconds, by the clock of the disk: that of another machine may be fast or slow. */
function ageOf(path: string, written: number): number {
  const probe = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
  try {
    writeFileSync(probe, '', { flag: 'wx' });
    return statSync(probe).mtimeMs - written;
  } catch {
    return Date.now() - written;
  } finally {
    rmSync(probe, { force: true });
  }
}

/**
 * Removes a lock that was left behind, under a second lock, so that no process removes a lock that
 * another has taken meanwhile. False: another process is removing it.
 */
function removeLeft(path: string): boolean {
  const breaking = breakingOf(path);
  try {
    closeSync(openSync(breaking, 'wx', 0o644));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    if (errorCode(error) !== 'EEXIST') throw error;
    removeOldBreaking(path);
    return false;
  }
  try {
    if (foundLock(path)?.state === 'left') rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(breaking, { force: true });
  }
}

const breakingOf = (path: string): string => `${path}.breaking`;

/** Work under it takes no time: an old one is of a process that was killed. */
function removeOldBreaking(path: string): void {
  const there = entryStatsOf(breakingOf(path));
  if (there && Math.abs(ageOf(path, there.mtimeMs)) > emptyAge)
    rmSync(breakingOf(path), { force: true, recursive: true });
}

function renew(path: string, token: string): void {
  try {
    const now = new Date();
    if (readHolder(path)?.token === token) utimesSync(path, now, now);
  } catch {
    // the next renewal may succeed
  }
}

const whose = (holder: LockHolder | undefined): string =>
  holder ? visible(holder.work.slice(0, 200)) : 'another run of Sigpack';

function where(holder: LockHolder | undefined): string {
  if (!holder) return '';
  const host = isElsewhere(holder) ? ` on ${visible(holder.host.slice(0, 200))}` : '';
  return ` (process ${holder.pid}${host})`;
}

const isElsewhere = (holder: LockHolder): boolean =>
  !own.has(holder.token) && stateOf(holder) === 'elsewhere';

function underWay(path: string, holder: LockHolder | undefined): string {
  const start = `${whose(holder)} is under way${where(holder)}`;
  const minutes = strangerAge / 60_000;
  const until =
    holder && isElsewhere(holder)
      ? `; if that machine was stopped, the lock ${shownPath(path)} ends ${minutes} minutes later`
      : '';
  return `${start}; run the command again when it has ended${until}`;
}
