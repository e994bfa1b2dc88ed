import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { createBag, type DiagnosticBag } from '../../source/diagnostic.ts';
import {
  afterName,
  isWhole,
  type PathPattern,
  type Progress,
  startOf,
} from '../../source/path-pattern.ts';
import { counted } from '../../source/plural.ts';
import { ignoreFileName, readIgnoreFile } from './ignore-file.ts';
import { type LeavesOut, leftOutBy, type Watch, watchBelow, watchFrom } from './left-out.ts';
import { type Glob, namesOf } from './path-list.ts';
import { reachableStats } from './path-stats.ts';
import { withSlashes } from './portable-path.ts';
import { reportFile, shownPath } from './rule-files.ts';

export interface FoundFile {
  /** With `/` between its parts. */
  readonly path: string;
  /** True where an entry names the file itself. */
  readonly named: boolean;
}

/** More folders than this are a whole disk rather than rules. */
const maximumFolders = 20_000;

/** One search for files. */
export interface Search {
  readonly home: string;
  readonly wanted: (name: string) => boolean;
  readonly bag: DiagnosticBag;
  /** Ignore files by the whole path of their folder. */
  readonly ignoreFiles: Map<string, readonly LeavesOut[]>;
  /** Files by their whole path without links. */
  readonly found: Map<string, FoundFile>;
  /** How many folders were read, and how many were only counted. */
  folders: number;
  countedFolders: number;
}

/** Adds a file that an entry names itself. */
export function addNamed(search: Search, path: string, exclusions: readonly LeavesOut[]): void {
  const names = namesOf(resolve(path));
  const excluded = excludedAt(exclusions, names);
  if (excluded.by) excluded.by.files.add(resolve(path));
  else add(search, withSlashes(path), realPath(path), true);
}

/**
 * Which exclusion leaves out a path or a folder above it, and which exclusions may match below it.
 */
function excludedAt(
  exclusions: readonly LeavesOut[],
  names: readonly string[],
): { readonly by: LeavesOut | undefined; readonly watch: Watch } {
  let watch = watchFrom(exclusions);
  for (const name of names) {
    watch = watchBelow(watch, name);
    const by = leftOutBy(watch, true);
    if (by) return { by, watch };
  }
  return { by: undefined, watch };
}

function add({ found }: Search, path: string, key: string, named: boolean): void {
  const known = found.get(key);
  if (!known) found.set(key, { path, named });
  else if (named && !known.named) found.set(key, { ...known, named });
}

/** Where links lead; the path itself for what has no place on a disk, such as a pipe. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

/** One folder on the way through a tree. */
interface Folder {
  /** As shown, with the separator at its end, or empty. */
  readonly start: string;
  readonly whole: string;
  /** Without links. */
  readonly real: string;
  readonly ignored: Watch;
  readonly excluded: Watch;
  /** The part of a glob that is still to match. Undefined: everything here matches. */
  readonly glob: Progress | undefined;
}

interface Tree {
  readonly search: Search;
  readonly pattern: PathPattern | undefined;
  /** The pattern matches folders only. */
  readonly foldersOnly: boolean;
  /** Keys of folders that were read. */
  readonly seen: Set<string>;
  /** Links, which are followed last, so that a file is shown without a link where possible. */
  readonly links: { readonly from: Folder; readonly name: string }[];
  matches: number;
}

/**
 * Reads a folder and everything below it, or what the pattern matches. True where a file was found,
 * even if it was known before.
 */
export function searchFolder(
  search: Search,
  path: string,
  glob: Pick<Glob, 'pattern' | 'foldersOnly'> | undefined,
  exclusions: readonly LeavesOut[],
): boolean {
  const whole = resolve(path);
  const { by, watch } = excludedAt(exclusions, namesOf(whole));
  const tree: Tree = {
    search,
    pattern: glob?.pattern,
    foldersOnly: glob?.foldersOnly ?? false,
    seen: new Set(),
    links: [],
    matches: 0,
  };
  const folder: Folder = {
    // joined once, since names of entries need no normalizing
    start: join(path, 'x').slice(0, -1),
    whole,
    real: realPath(path),
    ignored: ignoredAbove(search, whole),
    excluded: watch,
    glob: glob && startOf(glob.pattern),
  };
  if (by) for (const file of filesBelow(search, whole)) by.files.add(file);
  else walk(tree, folder);
  while (tree.links.length > 0) {
    const links = tree.links
      .splice(0)
      .sort((a, b) => (`${a.from.start}${a.name}` < `${b.from.start}${b.name}` ? -1 : 1));
    for (const { from, name } of links) follow(tree, from, name);
  }
  return tree.matches > 0;
}

/**
 * The patterns of ignore files above a folder, from the project's folder on, that may match in it.
 */
function ignoredAbove(search: Search, whole: string): Watch {
  if (!isWithin(whole, search.home)) return [];
  let watch: Watch = [];
  let at = search.home;
  for (const name of namesOf(whole.slice(search.home.length))) {
    watch = watchBelow([...watch, ...watchFrom(ignoreFile(search, at))], name);
    at = join(at, name);
  }
  return watch;
}

function ignoreFile({ ignoreFiles, bag }: Search, folder: string): readonly LeavesOut[] {
  const known = ignoreFiles.get(folder);
  if (known) return known;
  const read = readIgnoreFile(folder, bag);
  ignoreFiles.set(folder, read);
  return read;
}

function walk(tree: Tree, folder: Folder): void {
  const { search, seen } = tree;
  if (seen.has(keyOf(folder))) return;
  seen.add(keyOf(folder));
  search.folders += 1;
  if (search.folders === maximumFolders + 1) tooMany(search, folder);
  if (search.folders > maximumFolders) return;
  const entries = entriesOf(search.bag, folder.whole, folder.start);
  const own = entries.some(({ name }) => name === ignoreFileName)
    ? watchFrom(ignoreFile(search, folder.whole))
    : [];
  const here = own.length === 0 ? folder : { ...folder, ignored: [...folder.ignored, ...own] };
  for (const entry of entries) {
    if (isAlwaysLeftOut(entry.name)) continue;
    if (entry.isDirectory()) enter(tree, here, entry.name, inside(folder.real, entry.name));
    else if (entry.isSymbolicLink()) tree.links.push({ from: here, name: entry.name });
    // a pipe would be waited for without end
    else if (entry.isFile()) takeFile(tree, here, entry.name, inside(folder.real, entry.name));
  }
}

/** A folder is read once for each remaining part of a glob. */
const keyOf = ({ real, glob }: Folder): string =>
  glob === undefined ? real : `${real}\n${glob.join()}`;
const isWithin = (path: string, folder: string): boolean =>
  inside(path, '').startsWith(inside(folder, ''));
const inside = (folder: string, name: string): string =>
  (folder.endsWith(sep) ? folder : folder + sep) + name;
const isAlwaysLeftOut = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

function entriesOf(bag: DiagnosticBag, folder: string, shown: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    reportFile(bag, shown.slice(0, -1) || '.', error);
    return [];
  }
}

function tooMany({ bag }: Search, { start }: Folder): void {
  const message = `there are more than ${maximumFolders} folders to read; the rest is left out`;
  bag.add(
    { path: shownPath(start), text: '' },
    {
      code: 'PCK013',
      message,
      span: { start: 0, end: 0 },
      hint: 'Name folders of rules alone, or leave folders out.',
    },
  );
}

/** The folder below, if it is to be read; what patterns leave out is counted. */
function below(tree: Tree, folder: Folder, name: string, real: string): Folder | undefined {
  const { search, pattern } = tree;
  const glob = pattern && folder.glob && afterName(pattern, folder.glob, name);
  if (glob?.length === 0) return undefined;
  const ignored = watchBelow(folder.ignored, name);
  const excluded = watchBelow(folder.excluded, name);
  const whole = inside(folder.whole, name);
  const by = leftOutBy(excluded, true) ?? leftOutBy(ignored, true);
  if (by) {
    for (const file of filesBelow(search, whole)) by.files.add(file);
    return undefined;
  }
  const isMeant = pattern === undefined || glob === undefined || isWhole(pattern, glob);
  return {
    start: `${folder.start}${name}${sep}`,
    whole,
    real,
    ignored,
    excluded,
    glob: isMeant ? undefined : glob,
  };
}

function enter(tree: Tree, folder: Folder, name: string, real: string): void {
  const next = below(tree, folder, name, real);
  if (next) walk(tree, next);
}

function takeFile(tree: Tree, folder: Folder, name: string, real: string): void {
  const { search, pattern } = tree;
  if (!search.wanted(name)) return;
  if (
    pattern &&
    folder.glob &&
    (tree.foldersOnly || !isWhole(pattern, afterName(pattern, folder.glob, name)))
  )
    return;
  if (folder.ignored.length > 0 || folder.excluded.length > 0) {
    const by =
      leftOutBy(watchBelow(folder.excluded, name), false) ??
      leftOutBy(watchBelow(folder.ignored, name), false);
    if (by) {
      by.files.add(join(folder.whole, name));
      return;
    }
  }
  tree.matches += 1;
  add(search, withSlashes(`${folder.start}${name}`), real, false);
}

/** A link may lead to a file, to a folder, back to where it comes from, or nowhere. */
function follow(tree: Tree, from: Folder, name: string): void {
  const { search } = tree;
  const whole = join(from.whole, name);
  const stats = reachableStats(whole);
  const isFolder = stats?.isDirectory() ?? false;
  if (stats && !isFolder) {
    if (stats.isFile()) takeFile(tree, from, name, realPath(whole));
    return;
  }
  const real = isFolder ? realPath(whole) : whole;
  const next = below(tree, from, name, real);
  if (!next) return;
  const path = `${from.start}${name}`;
  if (!isFolder) {
    reportFile(
      search.bag,
      path,
      new Error('the link leads nowhere'),
      `Restore what it leads to, remove it, or list it in ${ignoreFileName}.`,
    );
    return;
  }
  const message = followFolder(tree, from, next);
  search.bag.add(
    { path: shownPath(path), text: '' },
    { code: 'SIG073', message, span: { start: 0, end: 0 } },
  );
}

/** Reads a folder that a link leads to, and returns the message about it. */
function followFolder(tree: Tree, from: Folder, folder: Folder): string {
  const { found } = tree.search;
  // a folder inside itself would have no end
  if (isWithin(from.real, folder.real))
    return 'the link leads back to a folder above it, and is not followed';
  if (tree.seen.has(keyOf(folder)))
    return `the link leads to ${shownPath(folder.real)}, which is read already`;
  const before = found.size;
  walk(tree, folder);
  const files = counted(found.size - before, 'file');
  return `the link is followed to ${shownPath(folder.real)}: ${files}`;
}

/**
 * Whole paths of the files that would have been read, to count them; links are not followed for
 * that.
 */
function filesBelow(search: Search, folder: string): readonly string[] {
  if (!reachableStats(folder)?.isDirectory())
    return search.wanted(basename(folder)) ? [folder] : [];
  search.countedFolders += 1;
  if (search.countedFolders > maximumFolders) return [];
  return entriesOf(createBag(), folder, folder).flatMap((entry) => {
    if (isAlwaysLeftOut(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(search, path);
    return entry.isFile() && search.wanted(entry.name) ? [path] : [];
  });
}
