import { type FSWatcher, lstatSync, readdirSync, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { errorCode } from '../error/error-code.ts';

/** What stops watching. */
export interface TreeWatcher {
  readonly close: () => void;
}

export interface TreeEvents {
  /** The whole path of what was written, made, replaced or removed, which may be a folder. */
  readonly touched: (path: string) => void;
  /** A folder that can't be watched, or no longer. */
  readonly lost: (folder: string, error: unknown) => void;
}

/** Systems that watch a folder with everything below it themselves. */
const watchesTrees = process.platform === 'darwin' || process.platform === 'win32';

/** Hidden files, those of packages and those that editors leave behind. */
const ignored = /(?:^|[\\/])(?:\.|node_modules)|~$/;

/**
 * Watches a folder, with everything below it if `deep`. Elsewhere Node watches the files of a tree
 * one by one, and misses every change of a file after another file has taken its place.
 */
export function watchTree(folder: string, deep: boolean, events: TreeEvents): TreeWatcher {
  if (deep && !watchesTrees) return watchFolders(folder, events);
  const watcher = watch(folder, { recursive: deep }, (_, name) => {
    if (name !== null && !ignored.test(name)) events.touched(join(folder, name));
  });
  return watcher.on('error', (error) => events.lost(folder, error));
}

/** A folder, or the link to a file. */
interface Watched {
  readonly watcher: FSWatcher;
  /** Names in a folder. Without them, nobody would hear of files that move away with it. */
  readonly names: Set<string>;
}

/** Watches each folder by itself. Links to folders are not followed. */
function watchFolders(root: string, events: TreeEvents): TreeWatcher {
  const watchers = createWatchers(events);

  const addFolder = (folder: string): readonly string[] => {
    const { names } = watchers.start(folder, folder, (name, isNew) => {
      const path = join(folder, name);
      names.add(name);
      events.touched(path);
      if (!isNew) return;
      // another folder or link may have its name now
      watchers.drop(path);
      for (const file of add(path)) events.touched(file);
    });
    // read when it is watched already: what is made meanwhile is not missed
    const found = readdirSync(folder).filter((name) => !ignored.test(name));
    for (const name of found) names.add(name);
    return found.flatMap((name) => add(join(folder, name)));
  };

  const addLink = (link: string): readonly string[] => {
    const real = realpathSync(link);
    if (!lstatSync(real).isFile()) return [];
    watchers.start(link, dirname(real), (name) => {
      if (name === basename(real)) events.touched(link);
    });
    return [link];
  };

  /** Returns the files of what is new. */
  const add = (path: string): readonly string[] => {
    try {
      const stats = path === root ? statSync(path) : lstatSync(path);
      if (stats.isDirectory()) return addFolder(path);
      return stats.isSymbolicLink() ? addLink(path) : [path];
    } catch (error) {
      if (!isGone(error)) events.lost(path, error);
      return [];
    }
  };

  const again = (): void => {
    watchers.drop(root);
    for (const file of add(root)) events.touched(file);
  };
  add(root);
  try {
    // a folder that goes and comes back is another one: its own watcher hears of neither
    watchers.start(above, dirname(root), (name, isNew) => {
      if (isNew && name === basename(root)) again();
    });
  } catch {
    // the folder above can't be read: what is in this one is followed all the same
  }
  return watchers;
}

/** The key of the folder above the root, which is not a path of a file in it. */
const above = '..';

type OnChange = (name: string, isNew: boolean) => void;

interface Watchers extends TreeWatcher {
  readonly start: (path: string, folder: string, onChange: OnChange) => Watched;
  /** Forgets a path and everything below it. */
  readonly drop: (path: string) => void;
}

function createWatchers({ touched, lost }: TreeEvents): Watchers {
  const all = new Map<string, Watched>();
  const drop = (path: string): void => {
    for (const [key, { watcher, names }] of all) {
      if (key !== path && !key.startsWith(`${path}${sep}`)) continue;
      watcher.close();
      all.delete(key);
      for (const name of names) touched(join(key, name));
    }
  };
  return {
    start(path, folder, onChange) {
      const watcher = watch(folder, (kind, name) => {
        if (name !== null && !ignored.test(name)) onChange(name, kind === 'rename');
      });
      watcher.on('error', (error) => {
        drop(path);
        lost(path, error);
      });
      const watched: Watched = { watcher, names: new Set() };
      all.set(path, watched);
      return watched;
    },
    drop,
    close() {
      for (const { watcher } of all.values()) watcher.close();
    },
  };
}

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
