import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../exit-code.ts';
import { isAlive } from '../is-alive.ts';

/** Does work that no one else may do at the same time, here or on another machine that shares the folder. */
export function withDiskLock<T>(folder: string, work: () => T): T {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'lock');
  take(lock);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

const mine = `${process.pid} ${hostname()}`;

function take(lock: string): void {
  try {
    writeFileSync(lock, mine, { flag: 'wx' });
    return;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  refuseHeld(lock);
  // only one of two that find a lock of the dead gets to rename it
  const stale = `${lock}.${process.pid}`;
  renameSync(lock, stale);
  rmSync(stale);
  writeFileSync(lock, mine, { flag: 'wx' });
}

function refuseHeld(lock: string): void {
  const [pid = '', host = ''] = readFileSync(lock, 'utf8').split(' ');
  if (host !== hostname()) throw new UsageError(`another install is under way on ${host}; where it is not, delete ${lock}`);
  if (isAlive(Number(pid))) throw new UsageError(`another install into this Splunk is under way (process ${pid})`);
}

export function isHeld(folder: string): boolean {
  try {
    refuseHeld(join(folder, 'lock'));
    return false;
  } catch (error) {
    return error instanceof UsageError;
  }
}
