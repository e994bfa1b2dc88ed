import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Drift } from '../../../install/plan.ts';
import { type AppFiles, filesDigest, stanzaFiles } from '../../../install/splunk/app-files.ts';
import { readConf } from '../../../pack/render/conf-reader.ts';
import { CommandError } from '../../error/command-error.ts';
import { isDenied } from '../../error/error-code.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { entryStatsOf } from '../../files/path-stats.ts';
import { writeDurably } from '../../files/write-durably.ts';
import {
  copyEntry,
  existsItself,
  isFolder,
  linkOnTheWay,
  noLink,
  readTree,
  withFolder,
  writeTree,
} from './tree.ts';

export interface AppPlaces {
  /** The app's folder. */
  readonly target: string;
  /** Of all apps. */
  readonly folder: string;
  /** Where an install keeps what it works on and what it remembers, on the same disk. */
  readonly state: string;
}

const workOf = (state: string) => ({
  fresh: join(state, 'new'),
  old: join(state, 'old'),
  record: join(state, 'record'),
});
/** What was installed and what was there before; `adopted`: an app of someone else's, as it was. */
const memoryOf = (state: string) => ({
  installed: join(state, 'installed'),
  previous: join(state, 'previous'),
  adopted: join(state, 'adopted'),
});

/**
 * How an app comes to its place: over one of Sigpack's, over another that is kept, back to the
 * version before, or back to that other one.
 */
export type Swap = 'install' | 'adopt' | 'rollback' | 'release';

/**
 * Unpacks beside, takes over what is the admin's, and swaps by two renames. Cut off between them
 * there is no app for a moment: {@link mendApp}, which every later command calls first, puts the
 * old one back.
 */
export function swapApp(
  places: AppPlaces,
  files: AppFiles,
  kept: readonly Drift[],
  how: Swap,
): void {
  const { target, folder, state } = places;
  const { fresh, old, record } = workOf(state);
  makeFolders(folder);
  try {
    if (how === 'release') copyAdopted(memoryOf(state).adopted, fresh);
    else writeTree(fresh, files);
    if (filesDigest(readTree(fresh)) !== filesDigest(files))
      throw new Error(`what was unpacked into ${fresh} is not what the app holds`);
    writeTree(`${record}.part`, files);
    if (how !== 'install') writeDurably(join(`${record}.part`, markOf(how)), '');
    if (existsSync(target)) {
      takeOver(places, files, kept);
      chmodSync(fresh, lstatSync(target).mode & 0o7777);
    }
    renameSync(`${record}.part`, record);
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
  } catch (error) {
    mendApp(places);
    throw error;
  }
  remember(state);
}

/** In the record of all but a plain install: says what is to be remembered. */
const markOf = (how: Swap): string => `local.${how}`;

/** As it was, with modes and links; what is the admin's comes from the app that is there now. */
function copyAdopted(adopted: string, fresh: string): void {
  copyEntry(adopted, fresh);
  for (const own of ['local', 'metadata/local.meta'])
    if (linkOnTheWay(fresh, dirname(own).split('/')) === undefined)
      rmSync(join(fresh, own), { recursive: true, force: true });
}

/** What is installed now, and what was before it. Each step can be done again. */
function remember(state: string): void {
  const { old, record } = workOf(state);
  const { installed, previous, adopted } = memoryOf(state);
  const remove = (path: string): void => rmSync(path, { recursive: true, force: true });
  const how = (['adopt', 'rollback', 'release'] as const).find((one) =>
    existsSync(join(record, markOf(one))),
  );
  if (how === 'adopt' && existsSync(old)) {
    setAside(state, 'adopted');
    renameSync(old, adopted);
  }
  if (how === 'release') {
    for (const path of [previous, installed, adopted]) remove(path);
    // in one step: a part of it would pass for the record of an install
    renameSync(record, `${record}.part`);
    remove(`${record}.part`);
  } else {
    if (how !== undefined) {
      remove(previous);
      remove(installed);
      rmSync(join(record, markOf(how)));
    } else if (existsSync(installed)) {
      const same = filesDigest(readTree(installed)) === filesDigest(readTree(record));
      if (!same) {
        remove(previous);
        renameSync(installed, previous);
      } else remove(installed);
    }
    renameSync(record, installed);
  }
  discard(state, old);
}

/**
 * Gives what has a name the next free one, `removed-2`: no one but its owner may delete it. Returns
 * its path; undefined: there is none.
 */
function setAside(state: string, name: string): string | undefined {
  if (!existsItself(join(state, name))) return undefined;
  const path = freeName(state, name, 2);
  renameSync(join(state, name), path);
  return path;
}

function freeName(state: string, name: string, from: number): string {
  for (let number = from; ; number++) {
    const path = join(state, `${name}-${number}`);
    if (!existsItself(path)) return path;
  }
}

/**
 * Deletes a folder, or puts it aside where someone else's folders in it can't be deleted: the next
 * install must not stumble over it.
 */
function discard(state: string, path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!isDenied(error)) throw error;
    renameSync(path, join(state, `${leftPrefix}${randomUUID()}`));
  }
}

const leftPrefix = 'left-';

/** Folders that could not be deleted. */
export const leftIn = (state: string): readonly string[] =>
  readdirSync(state)
    .filter((name) => name.startsWith(leftPrefix))
    .map((name) => join(state, name));

/**
 * Ends what a run before was cut off at: puts the old app back where there is none, or remembers
 * what was swapped in.
 */
export function mendApp({ target, state }: AppPlaces): void {
  const { fresh, old, record } = workOf(state);
  if (existsSync(old) && !existsSync(target)) renameSync(old, target);
  if (existsSync(record) && !existsSync(fresh)) {
    // the new app is in its place
    if (existsSync(target)) remember(state);
  }
  // someone put another app there meanwhile: the old one has what is the admin's
  if (existsSync(old) && existsSync(fresh)) setAside(state, 'old');
  for (const stale of workFolders(state)) discard(state, stale);
}

// the record goes first: without the new app beside it, it would count as swapped in
function workFolders(state: string): readonly string[] {
  const { fresh, old, record } = workOf(state);
  return [record, `${record}.part`, fresh, old];
}

/** Whether a run before left something that {@link mendApp} has to end. */
export const isCutOff = ({ state }: AppPlaces): boolean => workFolders(state).some(existsItself);

/** What an uninstall put aside, and where it lies. */
export interface PutAside {
  readonly app: string;
  /** What had been taken over before, which no rollback returns to any more. */
  readonly adopted: string | undefined;
}

/**
 * Takes the app away; it is kept with all that the admin had in it, and so are those that were
 * removed before.
 */
export function removeApp({ target, state }: AppPlaces): PutAside {
  const { installed, previous } = memoryOf(state);
  const app = existsItself(join(state, 'removed'))
    ? freeName(state, 'removed', 2)
    : join(state, 'removed');
  renameSync(target, app);
  const adopted = setAside(state, 'adopted');
  for (const path of [installed, previous]) rmSync(path, { recursive: true, force: true });
  return { app, adopted };
}

/** What the state's folder says of an app. */
export interface Memory {
  readonly installed: AppFiles | undefined;
  readonly previous: AppFiles | undefined;
  /** What a rollback returns to is an app of someone else's. */
  readonly isAdopted: boolean;
}

export function recall(state: string): Memory {
  const { installed, previous, adopted } = memoryOf(state);
  const isAdopted = !existsSync(previous) && existsSync(adopted);
  const before = isAdopted ? adopted : previous;
  return {
    installed: isFolder(installed) ? readTree(installed) : undefined,
    previous: isFolder(before) ? readTree(before) : undefined,
    isAdopted,
  };
}

/**
 * The admin's own goes into the new app: local/, local.meta, lookups of theirs, and what they
 * changed in place where that is kept.
 */
function takeOver({ target, state }: AppPlaces, files: AppFiles, kept: readonly Drift[]): void {
  const { fresh } = workOf(state);
  for (const own of ['local', 'metadata/local.meta', ...lookupsOfAdmin(target, state, files)])
    copyInto(fresh, target, own);
  const { installed } = memoryOf(state);
  // an app that is taken over is kept as a whole
  if (existsSync(installed)) keepOthers(target, fresh, installed);
  for (const { key, changes = [] } of kept) {
    const path = key.split(' ')[0] ?? '';
    if (!stanzaFiles.test(path)) copyInto(fresh, target, key);
    else
      keepInLocal(
        fresh,
        `local/${path.slice('default/'.length)}`,
        key.slice(path.length + 1),
        changes,
      );
  }
}

/** Files, folders and links that neither version brings are the admin's. */
function keepOthers(target: string, fresh: string, installed: string): void {
  withFolder(target, (base) => {
    for (const name of readdirSync(base))
      keepOther(join(base, name), {
        shown: join(target, name),
        to: join(fresh, name),
        ours: join(installed, name),
      });
  });
}

interface Other {
  /** Where it lies, to be told. */
  readonly shown: string;
  /** Where it goes. */
  readonly to: string;
  /** Where what Sigpack installed under that name is recorded. */
  readonly ours: string;
}

function keepOther(from: string, { shown, to, ours }: Other): void {
  const [found, there, recorded] = [from, to, ours].map((path) => entryStatsOf(path));
  if (!found) return;
  if (!there) {
    if (found.isDirectory() && recorded?.isDirectory() === true) keepInFolder(from, to, ours);
    else if (found.isDirectory() || !recorded) copyEntry(from, to);
  } else if (found.isDirectory() && there.isDirectory()) keepOthers(from, to, ours);
  else if (isInTheWay(found, there, recorded !== undefined))
    throw new CommandError(
      `${shown} has the name of something that the app brings; move it elsewhere`,
    );
}

/** A link in place of what Sigpack installed is replaced: what it leads to stays. */
function isInTheWay(found: Stats, there: Stats, isRecorded: boolean): boolean {
  if (found.isDirectory()) return true;
  if (found.isSymbolicLink()) return !isRecorded && !there.isSymbolicLink();
  return there.isDirectory();
}

/** A folder that the new version lacks: it stays where something of the admin's is in it. */
function keepInFolder(from: string, to: string, ours: string): void {
  mkdirSync(to);
  keepOthers(from, to, ours);
  if (readdirSync(to).length === 0) rmdirSync(to);
}

function copyInto(fresh: string, target: string, path: string): void {
  const from = join(target, path);
  refuseLink(target, dirname(path));
  if (!existsItself(from)) return;
  const to = join(fresh, path);
  makeFolders(dirname(to));
  // what is kept as it was changed in place takes the place of the new one
  rmSync(to, { recursive: true, force: true });
  copyEntry(from, to);
}

/** A link in place of a folder leads to files that are not the app's. */
function refuseLink(folder: string, path: string): void {
  const link = path === '.' ? undefined : linkOnTheWay(folder, path.split('/'));
  if (link !== undefined)
    throw new CommandError(
      `${link} is a link, through which nothing is read or written; put a folder there`,
    );
}

/**
 * A setting that was changed in default/ goes where such changes belong: Splunk prefers local/.
 * What stands there already stays.
 */
function keepInLocal(
  fresh: string,
  conf: string,
  stanza: string,
  changes: NonNullable<Drift['changes']>,
): void {
  refuseLink(fresh, conf);
  const path = join(fresh, conf);
  const there = existsSync(path)
    ? readConf(readFileSync(path, 'utf8')).stanzas.get(stanza)
    : undefined;
  const lines = changes
    .filter(({ name }) => !there?.has(name))
    .map(({ name, after }) => `${name} = ${after.replaceAll('\n', '\\\n')}`);
  if (lines.length === 0) return;
  makeFolders(dirname(path));
  const descriptor = openSync(
    path,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noLink,
  );
  try {
    writeSync(
      descriptor,
      `\n# changed in default/ by hand, kept by sigpack install\n[${stanza}]\n` +
        `${lines.join('\n')}\n`,
    );
  } finally {
    closeSync(descriptor);
  }
}

/** Lookups that neither the new app nor the one before brought. */
function lookupsOfAdmin(target: string, state: string, files: AppFiles): readonly string[] {
  const folder = join(target, 'lookups');
  refuseLink(target, 'lookups');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => `lookups/${name}`)
    .filter((path) => !files.has(path) && !existsSync(join(state, 'installed', path)));
}
