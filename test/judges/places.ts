import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
/** The command as it is built. */
export const main = join(root, 'dist', 'lib', 'cli', 'main.js');
/** What `test/judges/setup.sh` has installed. */
export const cache = process.env.SIGPACK_CACHE ?? join(homedir(), '.cache', 'sigpack');
/** Packs that `test/judges/packs.ts` has built. */
export const packs = join(root, 'dist', 'judges');

/** A path in the cache; ends the process with one line where it is missing. */
export function installed(judge: string, ...path: readonly string[]): string {
  return existing(join(cache, ...path), `run test/judges/setup.sh ${judge}`);
}

/** The path, which must exist; ends the process with one line that says how to get it. */
export function existing(path: string, how: string): string {
  if (existsSync(path)) return path;
  console.error(`missing: ${path}; ${how}`);
  process.exit(2);
}
