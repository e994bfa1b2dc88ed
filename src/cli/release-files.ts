import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PackFile } from '../pack/detection.ts';
import { UsageError } from './exit-code.ts';
import { writeDurably } from './write-durably.ts';

/** Of a release under way, in the configuration's folder. */
const stageName = '.sigpack-release';
const journalName = 'journal.json';

export interface ReleaseWrites {
  /** Files that are replaced, relative to the configuration's folder. */
  readonly files: readonly PackFile[];
  /** A folder that must not be there yet; it comes whole. */
  readonly output: { readonly path: string; readonly files: readonly PackFile[] };
}

interface Journal {
  /** From inside the stage to the place, in order. */
  readonly moves: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Writes a release as one step: everything is written beside first; then a journal of what is to be moved where; then it is moved. Cut off before
 * the journal, nothing has happened; after it, {@link finishRelease} does the rest, which every command calls that reads the configuration.
 */
export function writeRelease(folder: string, { files, output }: ReleaseWrites): void {
  clearStage(folder);
  const stage = join(folder, stageName);
  mkdirSync(stage);
  writeFileSync(join(stage, 'pid'), String(process.pid));
  const moves = files.map(({ path, content }, index) => {
    const from = `file-${index}`;
    writeDurably(join(stage, from), content);
    return { from, to: path };
  });
  mkdirSync(join(stage, 'output'));
  for (const { path, content } of output.files) writeDurably(join(stage, 'output', path), content);
  const journal: Journal = { moves: [{ from: 'output', to: output.path }, ...moves] };
  writeDurably(join(stage, 'journal.tmp'), JSON.stringify(journal));
  renameSync(join(stage, 'journal.tmp'), join(stage, journalName));
  finishRelease(folder);
}

/** Ends a release that was cut off after its journal was written: does what the journal says. */
export function finishRelease(folder: string): void {
  const stage = join(folder, stageName);
  const journal = join(stage, journalName);
  if (!existsSync(journal)) return;
  const { moves } = JSON.parse(readFileSync(journal, 'utf8')) as Journal;
  for (const { from, to } of moves) {
    const target = join(folder, to);
    mkdirSync(dirname(target), { recursive: true });
    try {
      renameSync(join(stage, from), target);
    } catch (error) {
      // what is not there any more was moved before
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  rmSync(stage, { recursive: true, force: true });
}

/** Clears away a release that was cut off before its journal: nothing of it has happened. */
function clearStage(folder: string): void {
  finishRelease(folder);
  const stage = join(folder, stageName);
  if (!existsSync(stage)) return;
  if (isRunning(join(stage, 'pid'))) throw new UsageError('another sigpack release is under way here');
  rmSync(stage, { recursive: true, force: true });
}

/** Whether the process that began is at work still: this one does not count. */
function isRunning(pidFile: string): boolean {
  if (!existsSync(pidFile)) return false;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
