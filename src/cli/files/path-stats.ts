import { lstatSync, type Stats, statSync } from 'node:fs';
import { errorCode } from '../error/error-code.ts';

/**
 * What a path leads to; undefined where there is nothing, also below a file, where Node 22 throws.
 */
export const statsOf = (path: string): Stats | undefined => foundBy(statSync, path);

/** As {@link statsOf}, of a link itself. */
export const entryStatsOf = (path: string): Stats | undefined => foundBy(lstatSync, path);

/**
 * As {@link statsOf}; also undefined for what can't be reached: links in a circle, names that no
 * disk allows, folders of others.
 */
export function reachableStats(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function foundBy(
  look: (path: string, options: { readonly throwIfNoEntry: false }) => Stats | undefined,
  path: string,
): Stats | undefined {
  try {
    return look(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
