import nodePath from 'node:path';

/** `node:path`, or its variant for another system in tests. */
export type PathRules = Pick<
  typeof nodePath,
  'sep' | 'isAbsolute' | 'relative' | 'dirname' | 'basename'
>;

/**
 * The path with `/` between its parts, as in reports, locks and packs on every system, so that the
 * order of paths and digests are the same everywhere.
 */
export const withSlashes = (path: string, { sep }: Pick<PathRules, 'sep'> = nodePath): string =>
  sep === '/' ? path : path.split(sep).join('/');

/**
 * True for a relative path, as `relative` of `node:path` gives it, that leads out of its folder.
 */
export const isOutside = (
  way: string,
  { sep, isAbsolute }: Pick<PathRules, 'sep' | 'isAbsolute'> = nodePath,
): boolean => way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);

/**
 * The path as one below some folder: without drive, server, root and leading `..`. `C:/rules/a.yml`
 * and `../rules/a.yml` give `rules/a.yml`.
 */
export function belowFolder(path: string): string {
  const parts = path.replace(/^[A-Za-z]:/, '').split('/');
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept.join('/');
}

/** Relative to `folder` where the path is below it or close to it, else whole; always with `/`. */
export function nearPath(path: string, folder: string, rules: PathRules = nodePath): string {
  if (!rules.isAbsolute(path) && !path.startsWith('.')) return withSlashes(path, rules);
  const whole = rules.dirname(path);
  const near = rules.relative(folder, whole);
  const far = near.startsWith(`..${rules.sep}..${rules.sep}..`) || rules.isAbsolute(near);
  const shown = withSlashes(far ? whole : near, rules);
  return `${shown}${shown === '' || shown.endsWith('/') ? '' : '/'}${rules.basename(path)}`;
}
