import { dirname, resolve, sep } from 'node:path';
import { isPattern, type PathPattern, readPathPattern } from '../../source/path-pattern.ts';
import { ok, type Result } from '../../source/result.ts';
import type { SourceFile } from '../../source/span.ts';
import type { LoadedConfig } from './config-file.ts';
import { reachableStats } from './path-stats.ts';
import { withSlashes } from './portable-path.ts';

/**
 * Files, folders, globs and, with `!` before them, exclusions, as written. Exclusions apply to the
 * whole list.
 */
export interface PathList {
  readonly entries: readonly string[];
  /**
   * The folder of relative entries. Undefined: the working directory, and files are shown as the
   * entries name them.
   */
  readonly folder?: string;
  /** The key of the configuration that lists them. Undefined: they are on the command line. */
  readonly key?: ConfiguredPaths;
  /** A glob may match nothing, since it is meant for other files too. */
  readonly maybeNothing?: boolean;
}

type ConfiguredPaths = 'rules' | 'filters';

/** Where a command looks for files. */
export interface PathLists {
  readonly lists: readonly PathList[];
  /** The project's folder, in which `.sigpackignore` is looked for. */
  readonly home: string;
  /** The file in which diagnostics point at entries. */
  readonly configuration: SourceFile;
}

export const configuredList = (
  { config, folder }: Pick<LoadedConfig, 'config' | 'folder'>,
  key: ConfiguredPaths,
): PathList => ({
  entries: config[key],
  folder,
  key,
});

export const givenList = (entries: readonly string[]): PathList => ({ entries });

export const isExclusion = (entry: string): boolean => entry.startsWith('!');

/** An entry as a path, without a final word on what it means. */
export const entryPath = (entry: string, folder: string | undefined): string =>
  folder === undefined ? entry : resolve(folder, entry);

export interface Glob {
  /** The folders in front of the first wildcard. */
  readonly base: string;
  readonly pattern: PathPattern;
  /** True for a glob that ends with a slash. */
  readonly foldersOnly: boolean;
}

/** `separator` is the system's; `/` separates on every system. */
export function globOf(
  entry: string,
  folder: string | undefined,
  separator: typeof sep = sep,
): Result<Glob> {
  // a backslash between folders is not an escape
  const parts = withSlashes(entry, { sep: separator }).split('/');
  const first = parts.findIndex(isPattern);
  const end = first < 0 ? parts.length : first;
  const before = parts.slice(0, end).join('/');
  // a drive alone would mean the working directory on it
  const start = /^(?:[A-Za-z]:)?$/.test(before) && end > 0 ? `${before}/` : before || '.';
  const pattern = readPathPattern(parts.slice(end).join('/'));
  if (!pattern.ok) return pattern;
  const base = entryPath(start, folder);
  return ok({ base, pattern: pattern.value, foldersOnly: parts.at(-1) === '' });
}

/** The parts of a path. */
export const namesOf = (path: string): readonly string[] =>
  withSlashes(path)
    .split('/')
    .filter((name) => name !== '');

/** The folders and files that contain what the lists name. */
export const watchedPaths = (lists: readonly PathList[]): readonly string[] =>
  lists.flatMap(({ entries, folder }) =>
    entries.flatMap((entry) => {
      if (isExclusion(entry)) return [];
      const path = entryPath(entry, folder);
      if (!isPattern(entry) || reachableStats(path)) return [path];
      const glob = globOf(entry, folder);
      return [glob.ok ? glob.value.base : dirname(path)];
    }),
  );
