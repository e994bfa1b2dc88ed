import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { isRecord } from '../event/field.ts';
import type { PackFile } from '../pack/detection.ts';
import { UsageError } from './exit-code.ts';
import { isAlive } from './is-alive.ts';
import { shownPath } from './rule-files.ts';
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
 * the journal, nothing has happened; after it, {@link finishRelease} does the rest, which the next `sigpack release` calls and no other command.
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
  try {
    for (const { to } of journal.moves) refuseElsewhere(folder, to);
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    throw error;
  }
  writeDurably(join(stage, 'journal.tmp'), JSON.stringify(journal));
  renameSync(join(stage, 'journal.tmp'), join(stage, journalName));
  finishRelease(folder);
}

/** True from the moment on that a release moves files until all of them are in place: the folder is of two versions. */
export const isReleaseUnderWay = (folder: string): boolean => existsSync(join(folder, stageName, journalName));

/** Ends a release that was cut off after its journal was written: does what the journal says. The paths of its files; undefined: there was none. */
export function finishRelease(folder: string): readonly string[] | undefined {
  if (!isReleaseUnderWay(folder)) return undefined;
  const stage = join(folder, stageName);
  refuseRunning(stage);
  const moves = journalMoves(join(stage, journalName));
  for (const { to } of moves) refuseElsewhere(folder, to);
  for (const { from, to } of moves) {
    const source = join(stage, from);
    const target = join(folder, to);
    if (existsSync(source)) {
      mkdirSync(dirname(target), { recursive: true });
      // a stage that was cloned may hold a program
      if (lstatSync(source).isFile()) chmodSync(source, 0o644);
      renameSync(source, target);
      // what is not there any more was moved before
    } else if (!existsSync(target)) throw new UsageError(`${shownPath(source)} is missing; delete ${shownPath(stage)} and restore the folder from git`);
  }
  rmSync(stage, { recursive: true, force: true });
  return moves.map(({ to }) => to);
}

/** Comes from a folder that may have been cloned: a move leads from inside the stage to inside the configuration's folder. */
function journalMoves(path: string): Journal['moves'] {
  const isMove = (value: unknown): value is Journal['moves'][number] =>
    isRecord(value) && typeof value.from === 'string' && /^(?:output|file-\d+)$/.test(value.from) && typeof value.to === 'string' && isBelow(value.to);
  try {
    const journal: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isRecord(journal) && Array.isArray(journal.moves) && journal.moves.every(isMove)) return journal.moves;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(`${shownPath(path)} is no journal of sigpack release; delete ${shownPath(dirname(path))} and restore the folder from git`);
}

const isBelow = (path: string): boolean => path !== '' && !isAbsolute(path) && !path.split(/[/\\]/).some((part) => part === '..' || /^\.git$/i.test(part));

/** Files are renamed to their places: those must be below the folder, also where links lead, and on its disk. */
function refuseElsewhere(folder: string, to: string): void {
  let parent = dirname(join(folder, to));
  while (!existsSync(parent)) parent = dirname(parent);
  const inside = relative(realpathSync(folder), realpathSync(parent));
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new UsageError(`${shownPath(join(folder, to))} leads out of the folder of the configuration; a release is written below it`);
  if (statSync(parent).dev !== statSync(folder).dev)
    throw new UsageError(`${shownPath(join(folder, to))} is on another disk than the configuration; a release is moved in one step`);
}

/** Clears away a release that was cut off before its journal: nothing of it has happened. */
function clearStage(folder: string): void {
  finishRelease(folder);
  const stage = join(folder, stageName);
  if (!existsSync(stage)) return;
  refuseRunning(stage);
  rmSync(stage, { recursive: true, force: true });
}

function refuseRunning(stage: string): void {
  const pidFile = join(stage, 'pid');
  if (existsSync(pidFile) && isAlive(Number(readFileSync(pidFile, 'utf8'))))
    throw new UsageError(`another sigpack release is under way here; if that is no longer true, delete ${shownPath(pidFile)}`);
}
