import { mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PackFile } from '../../pack/model/detection.ts';
import { CommandError } from '../error/command-error.ts';
import { nearestFolder } from '../files/folder-place.ts';
import { makeFolders } from '../files/make-folders.ts';
import { entryStatsOf } from '../files/path-stats.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { shownPath } from '../files/rule-files.ts';
import { temporaryPrefix } from '../process/process-lock.ts';
import { takeOutputLock } from './artifacts.ts';

/**
 * The list of files of the folder that Sigpack wrote, a path per line: those may be replaced and
 * removed.
 */
const listName = '.sigpack.pages';
const listHead =
  '# Files of this folder that sigpack docs wrote. It replaces and removes these and no other.';
/** In bytes: room for the names of 100,000 pages and more. */
const longestList = 16 * 1024 * 1024;

// the list is in the user's folder: no line of it may lead out of there, or to anything but a page
const pagePath =
  /^(?:(?:rules|sources)\/[a-z0-9_-]+\.(?:html|md)|(?:index|statistics)\.(?:html|md)|layer\.json|site\.(?:css|js))$/;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How many pages are made between two checks for a signal. */
const batch = 32;

/**
 * Writes all files to a folder inside `output` first and renames them into place last: if pages
 * can't be made, or a signal comes, everything stays as it was. Then removes pages of rules that
 * are gone, of those that end in `extension`. Returns the number of pages of rules.
 */
export async function writePages(
  output: string,
  files: Iterable<PackFile>,
  extension: string,
): Promise<number> {
  const folder = resolve(output);
  const firstMade = firstToMake(folder);
  const unlock = takeOutputLock(folder, 'sigpack docs into the same folder');
  const interruption = listen();
  let written: readonly string[] | undefined;
  try {
    written = await writeUnderLock(folder, files, extension, interruption.caught);
  } finally {
    unlock();
    if (!written && firstMade !== undefined) removeEmpty(folder, firstMade);
    interruption.end();
  }
  if (!written) throw new CommandError('interrupted: no page was written');
  return written.filter((path) => path.startsWith('rules/')).length;
}

/** Undefined where a signal came. */
async function writeUnderLock(
  folder: string,
  files: Iterable<PackFile>,
  extension: string,
  caught: () => boolean,
): Promise<readonly string[] | undefined> {
  const known = readList(folder);
  const stale = readdirSync(folder).filter((name) => name.startsWith(temporaryPrefix));
  const temporary = mkdtempSync(join(folder, temporaryPrefix));
  let written: readonly string[] | undefined;
  try {
    written = await writeAll(temporary, files, caught);
    if (written) swapIn(folder, temporary, written, known, extension);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  if (written)
    for (const name of stale) rmSync(join(folder, name), { recursive: true, force: true });
  return written;
}

/** The outermost of the folders that do not exist yet. */
function firstToMake(folder: string): string | undefined {
  const { path } = nearestFolder(folder);
  const [outermost] = relative(path, folder).split(sep);
  return outermost ? join(path, outermost) : undefined;
}

/** Paths in the order of the files; undefined where a signal came. */
async function writeAll(
  folder: string,
  files: Iterable<PackFile>,
  caught: () => boolean,
): Promise<readonly string[] | undefined> {
  const paths: string[] = [];
  const folders = new Set<string>();
  for (const { path, content } of files) {
    const target = join(folder, path);
    const parent = dirname(target);
    if (!folders.has(parent)) makeFolders(parent);
    folders.add(parent);
    writeFileSync(target, content);
    paths.push(path);
    if (paths.length % batch > 0) continue;
    await setImmediate();
    if (caught()) return undefined;
  }
  await setImmediate();
  return caught() ? undefined : paths;
}

/**
 * Not to be interrupted: signals wait until it is done. The list names old and new pages while both
 * exist.
 */
function swapIn(
  folder: string,
  temporary: string,
  written: readonly string[],
  known: ReadonlySet<string>,
  extension: string,
): void {
  for (const path of written) refuseForeign(folder, path, known);
  const fresh = new Set(written);
  const gone = [...known].filter((path) => path.endsWith(`.${extension}`) && !fresh.has(path));
  writeList(folder, temporary, new Set([...known, ...written]));
  for (const parent of new Set(written.map((path) => dirname(path))))
    makeFolders(join(folder, parent));
  for (const path of written) renameSync(join(temporary, path), join(folder, path));
  for (const path of gone) removePage(join(folder, path));
  if (gone.length > 0)
    writeList(
      folder,
      temporary,
      new Set([...known, ...written].filter((path) => !gone.includes(path))),
    );
}

/** A folder that has the name of a page by now is someone else's: it stays. */
function removePage(path: string): void {
  if (entryStatsOf(path)?.isDirectory() !== true) rmSync(path, { force: true });
}

function refuseForeign(folder: string, path: string, known: ReadonlySet<string>): void {
  const target = join(folder, path);
  const there = entryStatsOf(target);
  if (there === undefined || (known.has(path) && !there.isDirectory())) return;
  throw new CommandError(
    `${shownPath(target)} is in the way and was not written by sigpack docs: move it, or ` +
      'write the pages to another folder',
  );
}

function readList(folder: string): ReadonlySet<string> {
  const text = readRegularFile(join(folder, listName), longestList)?.toString('utf8');
  return new Set(text?.split('\n').filter((line) => pagePath.test(line)));
}

function writeList(folder: string, temporary: string, paths: ReadonlySet<string>): void {
  const path = join(temporary, listName);
  writeFileSync(path, `${[listHead, ...[...paths].sort()].join('\n')}\n`);
  renameSync(path, join(folder, listName));
}

/** Removes a folder that was made for nothing, and those above it up to the first that was made. */
function removeEmpty(folder: string, first: string): void {
  try {
    for (let path = folder; path.length >= first.length; path = dirname(path)) rmdirSync(path);
  } catch {
    // someone else has put a file there
  }
}

/** Holds signals back until `end`, which then lets the first one do what it does. */
function listen(): { readonly caught: () => boolean; readonly end: () => void } {
  let signal: NodeJS.Signals | undefined;
  const hold = (name: NodeJS.Signals): void => {
    signal ??= name;
  };
  for (const name of signals) process.on(name, hold);
  const end = (): void => {
    for (const name of signals) process.off(name, hold);
    if (signal) process.kill(process.pid, signal);
  };
  return { caught: () => signal !== undefined, end };
}
