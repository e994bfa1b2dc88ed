import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDenied } from '../../error/error-code.ts';
import { existsItself } from './tree.ts';

export interface AppPlaces {
  /** The app's folder. */
  readonly target: string;
  /** Of all apps. */
  readonly folder: string;
  /** Where an install keeps what it works on and what it remembers, on the same disk. */
  readonly state: string;
}

/** What an install works on. */
export const workOf = (state: string) => ({
  fresh: join(state, 'new'),
  old: join(state, 'old'),
  record: join(state, 'record'),
});
/** What was installed and what was there before; `adopted`: an app of someone else's, as it was. */
export const memoryOf = (state: string) => ({
  installed: join(state, 'installed'),
  previous: join(state, 'previous'),
  adopted: join(state, 'adopted'),
});

/**
 * Renames an entry to the next free name, `removed-2`: only its owner may delete it. Returns the
 * new path; undefined: there is no such entry.
 */
export function setAside(state: string, name: string): string | undefined {
  if (!existsItself(join(state, name))) return undefined;
  const path = freeName(state, name);
  renameSync(join(state, name), path);
  return path;
}

export function freeName(state: string, name: string): string {
  for (let number = 2; ; number++) {
    const path = join(state, `${name}-${number}`);
    if (!existsItself(path)) return path;
  }
}

/**
 * Deletes a folder, or puts it aside where someone else's folders in it can't be deleted: the next
 * install must not stumble over it.
 */
export function discard(state: string, path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!isDenied(error)) throw error;
    renameSync(path, join(state, `${leftPrefix}${randomUUID()}`));
  }
}

const leftPrefix = 'left-';

/** Folders that could not be deleted. */
export const leftIn = (state: string): readonly string[] =>
  readdirSync(state)
    .filter((name) => name.startsWith(leftPrefix))
    .map((name) => join(state, name));
