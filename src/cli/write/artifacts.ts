import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Artifact } from '../../artifact/artifacts.ts';
import { CommandError } from '../error/command-error.ts';
import { statsOf } from '../files/path-stats.ts';
import { writeDurably } from '../files/write-durably.ts';
import { takeProcessLock, temporaryPrefix, withProcessLock } from '../process/process-lock.ts';

/** The lock of a process that writes into a folder. */
const outputLock = (folder: string, work: string) => ({
  path: join(resolve(folder), '.sigpack.busy'),
  work,
});

/** Keeps others from writing into the folder until the returned function is called. */
export const takeOutputLock = (folder: string, work: string): (() => void) =>
  takeProcessLock(outputLock(folder, work));

/**
 * Writes all artifacts next to their places first and renames them last, each in one step: a build
 * that is killed leaves the old packs whole, and of two builds at once, all packs are of one.
 * Removes what a killed build left behind.
 */
export function writeArtifacts(folder: string, artifacts: readonly Artifact[]): void {
  withProcessLock(outputLock(folder, 'sigpack build into the same folder'), () =>
    writeAll(folder, artifacts),
  );
}

function writeAll(folder: string, artifacts: readonly Artifact[]): void {
  for (const { path } of artifacts) {
    const target = join(folder, path);
    // a file can't replace a folder, which would only fail after others were replaced
    if (statsOf(target)?.isDirectory())
      throw new CommandError(`${target} is a folder; a pack is to be written there`);
  }
  const stale = readdirSync(folder).filter((name) => name.startsWith(temporaryPrefix));
  const temporary = mkdtempSync(join(folder, temporaryPrefix));
  try {
    for (const artifact of artifacts)
      writeDurably(join(temporary, artifact.path), artifact.content);
    for (const artifact of artifacts)
      renameSync(join(temporary, artifact.path), join(folder, artifact.path));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const name of stale) rmSync(join(folder, name), { recursive: true, force: true });
}
