import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact } from '../pack/artifacts.ts';
import { UsageError } from './exit-code.ts';
import { writeDurably } from './write-durably.ts';

/** Of folders that hold files until all are written. */
export const temporaryPrefix = '.sigpack-';

/**
 * Writes all artifacts beside their places first and renames them last, each in one step: a build that is killed leaves the old packs whole.
 * What a killed build left behind is removed.
 */
export function writeArtifacts(folder: string, artifacts: readonly Artifact[]): void {
  for (const { path } of artifacts) {
    const target = join(folder, path);
    // no file takes the place of a folder, which would show only after others were replaced
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`${target} is a folder; a pack is to be written there`);
  }
  mkdirSync(folder, { recursive: true });
  const stale = readdirSync(folder).filter((name) => name.startsWith(temporaryPrefix));
  const temporary = mkdtempSync(join(folder, temporaryPrefix));
  try {
    for (const artifact of artifacts) writeDurably(join(temporary, artifact.path), artifact.content);
    for (const artifact of artifacts) renameSync(join(temporary, artifact.path), join(folder, artifact.path));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  for (const name of stale) rmSync(join(folder, name), { recursive: true, force: true });
}
