import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { CommandError } from '../error/command-error.ts';
import { entryStatsOf } from './path-stats.ts';
import { shownPath } from './rule-files.ts';

export const configName = 'sigpack.yml';

/**
 * The path of the configuration: the one on the command line, else the one in SIGPACK_CONFIG, else
 * the first sigpack.yml from the working directory upwards. Undefined: there is no configuration.
 */
export function findConfig(named: string | undefined): string | undefined {
  const given = named ?? (process.env.SIGPACK_CONFIG || undefined);
  if (given === undefined) return searchUpwards(process.cwd());
  if (existsSync(given)) return statSync(given).isDirectory() ? inFolder(given) : given;
  const from = named === undefined ? ' (SIGPACK_CONFIG)' : '';
  throw new CommandError(`there is no configuration file ${shownPath(given)}${from}`);
}

function inFolder(folder: string): string {
  const path = join(folder, configName);
  if (existsSync(path)) return path;
  throw new CommandError(`there is no ${configName} in ${shownPath(folder)}`);
}

function searchUpwards(start: string): string | undefined {
  // a link that leads nowhere is a configuration that cannot be read, not a reason to take another
  // one
  if (isThere(join(start, configName))) return configName;
  for (
    let folder = dirname(start), below = start;
    folder !== below;
    below = folder, folder = dirname(folder)
  ) {
    const path = join(folder, configName);
    if (isThere(path) && !isAnyones(folder, path, start)) return path;
  }
  return undefined;
}

const isThere = (path: string): boolean => entryStatsOf(path) !== undefined;

/**
 * True for a configuration that somebody else may have put there for everybody who works below: in
 * a folder such as /tmp, or a file that belongs neither to root, nor to this user, nor to the owner
 * of the working directory.
 */
function isAnyones(folder: string, path: string, start: string): boolean {
  if (process.getuid === undefined) return false;
  const isSharedFolder = (statSync(folder).mode & 0o1002) === 0o1002;
  return (
    isSharedFolder || ![0, process.getuid(), statSync(start).uid].includes(lstatSync(path).uid)
  );
}
