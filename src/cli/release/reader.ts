import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import { lockName } from './lock-file.ts';
import { releaseState } from './stage.ts';

/** Milliseconds. A release moves a few files: after this time there is nothing to wait for. */
const patience = 10_000;
const attempts = 3;

/**
 * Reads configuration and lock while no release replaces them: waits for one that does, and reads
 * again if one did in the meantime.
 */
export async function ofOneVersion<T>(
  configPath: string | undefined,
  read: () => Promise<T>,
): Promise<T> {
  if (configPath === undefined) return read();
  const folder = dirname(resolve(configPath));
  for (let attempt = 1; ; attempt++) {
    for (let waited = 0; waited < patience && releaseState(folder) === 'moving'; waited += 50)
      await setTimeout(50);
    const before = stampOf(configPath, folder);
    const value = await read();
    if (
      attempt === attempts ||
      (stampOf(configPath, folder) === before && releaseState(folder) !== 'moving')
    )
      return value;
  }
}

const stampOf = (configPath: string, folder: string): string =>
  [configPath, join(folder, lockName)]
    .map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }))
    .map((found) => (found ? [found.ino, found.mtimeNs, found.size].join() : ''))
    .join(' ');

/**
 * True where a release moves files in the folder, or was cut off while it did. That is then the
 * only diagnostic.
 */
export function reportRelease(folder: string, file: SourceFile, bag: DiagnosticBag): boolean {
  const state = releaseState(folder);
  if (state === undefined) return false;
  bag.list.length = 0;
  const versions = 'configuration, lock and changelog may be of two versions';
  const message =
    state === 'moving'
      ? `a release is moving its files here: ${versions}`
      : `a release was cut off here while it moved its files: ${versions}`;
  const hint =
    state === 'moving' ? 'Run the command again when `sigpack release` has ended.' : undefined;
  bag.add(file, {
    code: 'LCK003',
    message,
    span: { start: 0, end: 0 },
    hint,
  });
  return true;
}
