import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { folderInMemory, temporaryNames } from '../memory-folder.ts';
import { update } from '../update.ts';

const root = join(import.meta.dirname, '..', '..');
const notOurs = new Set(['.git', 'node_modules', 'dist']);

/**
 * Gives the tests a temporary folder of their own, and fails the run that leaves a file in it or in
 * the working tree.
 */
export function setup(): () => void {
  // several projects in one run share what the first of them made
  if (process.env.SIGPACK_TEST_CACHE !== undefined) return () => undefined;
  const before = temporaryNames.map((name) => process.env[name]);
  const place = folderInMemory(1_000_000_000);
  // with a space, which names of users have
  const temporary = mkdtempSync(join(place, 'sigpack-tests '));
  const cache = mkdtempSync(join(place, 'sigpack-tests-'));
  for (const name of temporaryNames) process.env[name] = temporary;
  // the command keeps its bytecode for the next one; workers do not, which would write theirs for
  // seconds when they end
  process.env.SIGPACK_TEST_CACHE = cache;
  process.env.NODE_DISABLE_COMPILE_CACHE = '1';
  const tree = new Set(filesOf(root));
  return () => {
    // Node's own cache of bytecode, where a command had no other place for it
    const entries = readdirSync(temporary).filter((name) => name !== 'node-compile-cache');
    const left = [
      ...entries.map((name) => join(temporary, name)),
      ...filesOf(root).filter((path) => !tree.has(path)),
    ];
    for (const [index, name] of temporaryNames.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
    delete process.env.SIGPACK_TEST_CACHE;
    for (const folder of [temporary, cache])
      rmSync(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 200 });
    // UPDATE=1 writes golden files
    if (left.length > 0 && !update)
      throw new Error(`the tests left files behind:\n${left.join('\n')}`);
  };
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return notOurs.has(entry.name) ? [] : filesOf(path);
  });
}
