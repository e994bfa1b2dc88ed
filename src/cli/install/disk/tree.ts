import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type AppFiles, isAdmins } from '../../../install/splunk/app-files.ts';
import { CommandError } from '../../error/command-error.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { entryStatsOf } from '../../files/path-stats.ts';
import { writeDurably } from '../../files/write-durably.ts';

/** Opens no link, and waits for no pipe; Windows has neither flag. */
export const noLink = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** True for anything of that name, a link that leads nowhere included. */
export const existsItself = (path: string): boolean => entryStatsOf(path) !== undefined;

/** Whether there is a folder; a CommandError where something else has its name. */
export function isFolder(path: string): boolean {
  const stats = entryStatsOf(path);
  if (stats && !stats.isDirectory())
    throw new CommandError(`${path} is not a folder, which it has to be for sigpack; move it away`);
  return stats !== undefined;
}

/**
 * What is on the way from a folder to a path in it, the path included, that is a link; undefined:
 * nothing.
 */
export function linkOnTheWay(folder: string, parts: readonly string[]): string | undefined {
  return parts
    .map((_, index) => join(folder, ...parts.slice(0, index + 1)))
    .find((part) => entryStatsOf(part)?.isSymbolicLink() === true);
}

/** Works in a folder that stays the same folder, whatever someone puts in its place meanwhile. */
export function withFolder<T>(path: string, work: (base: string, descriptor: number) => T): T {
  if (process.platform === 'win32') return work(path, -1);
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | noLink);
  try {
    return work(process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : path, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Works with an entry that is not a link. */
export function withFile<T>(path: string, work: (descriptor: number, stats: Stats) => T): T {
  const descriptor = openSync(path, constants.O_RDONLY | noLink);
  try {
    return work(descriptor, fstatSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** The files of an app that are not the admin's. No link is followed. */
export function readTree(folder: string): AppFiles {
  const files = new Map<string, Buffer>();
  const read = (path: string, prefix: string): void =>
    withFolder(path, (base) => {
      for (const entry of readdirSync(base, { withFileTypes: true })) {
        const name = prefix + entry.name;
        if (isAdmins(name)) continue;
        if (entry.isDirectory()) read(join(base, entry.name), `${name}/`);
        else if (entry.isFile())
          files.set(
            name,
            withFile(join(base, entry.name), (descriptor) => readFileSync(descriptor)),
          );
      }
    });
  read(folder, '');
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Copies a file, a folder or a link as it is, with modes, times and, where root does it, owners.
 * Links stay links, wherever they lead.
 */
export function copyEntry(from: string, to: string): void {
  const stats = lstatSync(from);
  if (stats.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to);
    if (isRoot()) lchownSync(to, stats.uid, stats.gid);
  } else if (stats.isDirectory()) copyFolder(from, to, stats);
  else if (stats.isFile()) copyFile(from, to);
  else
    throw new CommandError(`${from} is neither a file nor a folder nor a link; move it elsewhere`);
}

function copyFolder(from: string, to: string, { mode, uid, gid }: Stats): void {
  mkdirSync(to);
  withFolder(from, (base) => {
    for (const name of readdirSync(base)) copyEntry(join(base, name), join(to, name));
  });
  if (isRoot()) lchownSync(to, uid, gid);
  chmodSync(to, mode & 0o7777);
}

function copyFile(from: string, to: string): void {
  withFile(from, (source, { mode, atime, mtime, uid, gid }) => {
    writeDurably(to, readFileSync(source));
    withFile(to, (copy) => {
      if (isRoot()) fchownSync(copy, uid, gid);
      fchmodSync(copy, mode & 0o7777);
      futimesSync(copy, atime, mtime);
    });
  });
}

const isRoot = (): boolean => process.geteuid?.() === 0;

/** Whether Sigpack writes something of that path in a folder. */
export type IsWritten = (path: string) => boolean;

interface Giving {
  readonly uid: number;
  readonly gid: number;
  readonly isWritten: IsWritten;
}

/**
 * Gives what Sigpack left to root in a folder, named from `root` on, to someone; no link is
 * followed on the way. Others may have moved something of root's in under such a name: what not
 * everyone may read, and a file with a second name elsewhere, stay as they are. Only Linux has a
 * path for a folder that is open and so can't be exchanged meanwhile; nothing is done elsewhere.
 */
export function giveTree(root: string, [next, ...rest]: readonly string[], giving: Giving): void {
  if (process.platform !== 'linux') return;
  withFolder(root, (base, itself) => {
    if (next === undefined) giveAll(base, itself, '', giving);
    else if (entryStatsOf(join(base, next))?.isDirectory() === true)
      giveTree(join(base, next), rest, giving);
  });
}

function giveAll(base: string, itself: number, prefix: string, giving: Giving): void {
  for (const entry of readdirSync(base, { withFileTypes: true })) {
    const path = join(base, entry.name);
    const name = prefix + entry.name;
    if (!giving.isWritten(name)) continue;
    if (entry.isDirectory())
      withFolder(path, (inner, descriptor) => giveAll(inner, descriptor, `${name}/`, giving));
    else if (entry.isFile())
      withFile(path, (descriptor, stats) => {
        if (stats.isFile() && stats.nlink === 1) give(descriptor, stats, openToAll.file, giving);
      });
  }
  give(itself, fstatSync(itself), openToAll.folder, giving);
}

/** Bits of what everyone may read. */
const openToAll = { file: 0o004, folder: 0o005 } as const;

function give(
  descriptor: number,
  { uid: owner, mode }: Stats,
  bits: number,
  { uid, gid }: Giving,
): void {
  if (owner === 0 && (mode & bits) === bits) fchownSync(descriptor, uid, gid);
}

export function writeTree(folder: string, files: AppFiles): void {
  makeFolders(folder);
  for (const [path, bytes] of files) {
    const place = join(folder, path);
    makeFolders(dirname(place));
    writeDurably(place, bytes);
  }
}
