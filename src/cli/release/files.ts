import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { PackFile } from '../../pack/model/detection.ts';
import { CommandError } from '../error/command-error.ts';
import { makeFolders } from '../files/make-folders.ts';
import { entryStatsOf } from '../files/path-stats.ts';
import { shownPath } from '../files/rule-files.ts';
import { writeDurably } from '../files/write-durably.ts';
import { refuseElsewhere } from './places.ts';
import { clearStage, type Journal, journalMoves, journalName, stageName } from './stage.ts';

export interface ReleaseWrites {
  /** Files that are replaced, relative to the configuration's folder. */
  readonly files: readonly PackFile[];
  /** A folder that must not exist yet; it appears as a whole. */
  readonly output: { readonly path: string; readonly files: readonly PackFile[] };
}

/**
 * Writes a release in one step: first everything to the stage, then a journal of what is to be
 * moved where, and then it moves. Cut off before the journal, nothing has happened. Cut off after
 * it, {@link finishRelease} does the rest, which only the next `sigpack release` calls. To be
 * called under the lock of the release.
 */
export function writeRelease(folder: string, { files, output }: ReleaseWrites): void {
  finishRelease(folder);
  const stage = join(folder, stageName);
  makeFolders(stage);
  clearStage(stage);
  const moves = files.map(({ path, content }, index) => {
    const from = `file-${index}`;
    writeDurably(join(stage, from), content);
    return { from, to: path };
  });
  mkdirSync(join(stage, 'output'));
  for (const { path, content } of output.files) writeDurably(join(stage, 'output', path), content);
  const journal: Journal = { moves: [{ from: 'output', to: output.path }, ...moves] };
  try {
    for (const { to } of journal.moves) refuseElsewhere(folder, to);
    if (existsSync(join(folder, output.path)))
      throw new CommandError(`${shownPath(join(folder, output.path))} is there already`);
  } catch (error) {
    clearStage(stage);
    throw error;
  }
  writeDurably(join(stage, 'journal.tmp'), JSON.stringify(journal));
  renameSync(join(stage, 'journal.tmp'), join(stage, journalName));
  finishRelease(folder);
}

/** What became of a release that was cut off. */
export type Finished =
  | { readonly kind: 'finished'; readonly paths: readonly string[] }
  /** None of it had been moved, and another release is in its place. */
  | { readonly kind: 'given up'; readonly path: string };

/**
 * Ends a release that was cut off after its journal was written, as the journal says. Undefined:
 * there was no such release.
 */
export function finishRelease(folder: string): Finished | undefined {
  const stage = join(folder, stageName);
  if (!existsSync(join(stage, journalName))) return undefined;
  const moves = journalMoves(stage);
  for (const { to } of moves) refuseElsewhere(folder, to);
  const taken = moves.find(({ from, to }) => isTaken(join(stage, from), join(folder, to)));
  if (taken) {
    const path = shownPath(join(folder, taken.to));
    if (!moves.every(({ from }) => existsSync(join(stage, from))))
      throw new CommandError(
        `${path} is in the way of the release that was cut off; move it away, then run ` +
          'sigpack release again',
      );
    clearStage(stage);
    return { kind: 'given up', path: taken.to };
  }
  for (const { from, to } of moves) move(join(stage, from), join(folder, to), stage);
  clearStage(stage);
  return { kind: 'finished', paths: moves.map(({ to }) => to) };
}

function move(source: string, target: string, stage: string): void {
  const there = entryStatsOf(source);
  if (!there) {
    // what is gone was moved before
    if (existsSync(target)) return;
    throw new CommandError(
      `${shownPath(source)} is missing; delete ${shownPath(stage)} and restore the folder from git`,
    );
  }
  makeFolders(dirname(target));
  // a cloned stage may contain a program
  if (there.isFile()) chmodSync(source, 0o644);
  if (there.isDirectory() && existsSync(target)) {
    // another release has written the same files
    if (readdirSync(target).length > 0) {
      rmSync(source, { recursive: true });
      return;
    }
    rmdirSync(target);
  }
  renameSync(source, target);
}

/**
 * True where something else is in the place of a file or folder of the stage. A file is replaced,
 * and a folder with the same files is the same.
 */
function isTaken(source: string, target: string): boolean {
  const [from, there] = [source, target].map((path) => entryStatsOf(path));
  if (!from || !there) return false;
  if (!from.isDirectory()) return there.isDirectory();
  if (!there.isDirectory()) return true;
  const names = readdirSync(target);
  return names.length > 0 && !hasSameFiles(source, target, names);
}

function hasSameFiles(source: string, target: string, names: readonly string[]): boolean {
  const same = (name: string): boolean => {
    const [a, b] = [join(source, name), join(target, name)];
    return (
      lstatSync(a).isFile() && lstatSync(b).isFile() && readFileSync(a).equals(readFileSync(b))
    );
  };
  const wanted = readdirSync(source);
  return (
    wanted.length === names.length && wanted.every((name) => names.includes(name) && same(name))
  );
}
