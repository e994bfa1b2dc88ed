import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../../error/command-error.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { isAlive } from '../../process/is-alive.ts';
import { pause } from '../../process/pause.ts';
import { bootId, startOf } from '../../process/process-identity.ts';

/**
 * Does work that only one run may do at a time, here or on another machine that shares the folder.
 * Each run writes its own lock file and then looks at those of others:
 * of two that come at once at most one goes on, and a lock of the dead can be deleted by anyone.
 */
export function withDiskLock<T>(folder: string, work: () => T): T {
  makeFolders(folder);
  const lock = take(folder);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Of two that wait for each other one gets through; more tries would only make the second wait for
 * the first.
 */
const tries = 12;
const shortestPause = 10;

function take(folder: string): string {
  for (let attempt = 1; ; attempt++) {
    const lock = join(folder, `lock-${randomUUID()}`);
    const others = announced(lock, () => conflicts(folder, lock, attempt === tries));
    if (others === undefined) return lock;
    rmSync(lock, { force: true });
    if (attempt === tries || others.elsewhere) throw new CommandError(others.message);
    pause(shortestPause + Math.random() * shortestPause * 4);
  }
}

/** Writes the lock and looks for others. Where the disk is full, nothing of it stays. */
function announced(lock: string, look: () => Conflict | undefined): Conflict | undefined {
  try {
    const descriptor = openSync(lock, 'wx', 0o644);
    try {
      writeSync(descriptor, `${process.pid} ${hostname()} ${beganOf(process.pid)}`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return look();
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  }
}

interface Conflict {
  readonly message: string;
  /** On another machine, whose processes cannot be seen from here. */
  readonly elsewhere: boolean;
}

/**
 * Who else is at work; locks of the dead are deleted. An empty lock is one that is being written,
 * unless it stays empty.
 */
function conflicts(folder: string, own: string | undefined, isLast: boolean): Conflict | undefined {
  let first: Conflict | undefined;
  for (const path of locksIn(folder)) {
    if (path === own) continue;
    const holder = readLock(path);
    const conflict = holder === undefined ? undefined : conflictOf(holder, path);
    const isDead = conflict === undefined || (conflict === unwritten && isLast);
    if (!isDead) first ??= conflict;
    else if (own !== undefined) rmSync(path, { force: true });
  }
  // someone who took this one for dead has deleted it
  return first ?? (own !== undefined && !existsSync(own) ? unwritten : undefined);
}

/** The locks of this version, and the one of versions before it. */
const locksIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name === 'lock' || name.startsWith('lock-'))
    .map((name) => join(folder, name));

/** In bytes; a larger file is not a lock. */
const largest = 10_000;

/** Undefined: it is gone. Nobody who takes a lock makes a folder, a link or a pipe of its name. */
const readLock = (path: string): string | undefined =>
  readRegularFile(path, largest, constants.O_NOFOLLOW ?? 0)?.toString('utf8');

const unwritten: Conflict = {
  message: 'another install into this Splunk is just beginning',
  elsewhere: false,
};

function conflictOf(text: string, path: string): Conflict | undefined {
  const [, pid, host, start = ''] = /^(\d+) (\S+)(?: (.*))?$/.exec(text) ?? [];
  // an older version on a full disk left its lock empty
  if (pid === undefined || host === undefined) return unwritten;
  const wayOut = `where it is not, delete ${path}`;
  if (host !== hostname())
    return { message: `another install is under way on ${host}; ${wayOut}`, elsewhere: true };
  if (!isAlive(Number(pid)) || (start !== '' && start !== beganOf(Number(pid)))) return undefined;
  return {
    message: `another install into this Splunk is under way (process ${pid}); ${wayOut}`,
    elsewhere: false,
  };
}

/**
 * When a process began: its number may be that of another one by now. Empty where the system does
 * not show it.
 */
function beganOf(pid: number): string {
  const start = startOf(pid);
  return start === '' ? '' : `${bootId()}:${start}`;
}

/**
 * Deletes the locks of processes that were killed when all else was done. They bar nobody, so a
 * read-only folder keeps them.
 */
export function removeDeadLocks(folder: string): void {
  for (const path of locksIn(folder)) {
    const holder = readLock(path);
    if (holder === undefined || conflictOf(holder, path) !== undefined) continue;
    try {
      rmSync(path, { force: true });
    } catch {
      return;
    }
  }
}

/** Whether someone else is at work. */
export const isHeld = (folder: string): boolean => conflicts(folder, undefined, true) !== undefined;
