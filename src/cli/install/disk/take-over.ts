import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Drift } from '../../../install/plan.ts';
import { type AppFiles, stanzaFiles } from '../../../install/splunk/app-files.ts';
import { readConf } from '../../../pack/render/conf-reader.ts';
import { CommandError } from '../../error/command-error.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { entryStatsOf } from '../../files/path-stats.ts';
import { type AppPlaces, memoryOf, workOf } from './state-folder.ts';
import { copyEntry, existsItself, linkOnTheWay, noLink, withFolder } from './tree.ts';

/**
 * The admin's own goes into the new app: local/, local.meta, lookups of theirs, and what they
 * changed in place where that is kept.
 */
export function takeOver(
  { target, state }: AppPlaces,
  files: AppFiles,
  kept: readonly Drift[],
): void {
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
  /** Where it is, for messages. */
  readonly shown: string;
  /** Where it goes. */
  readonly to: string;
  /** Where what Sigpack installed under that name is recorded. */
  readonly ours: string;
}

function keepOther(from: string, { shown, to, ours }: Other): void {
  const [entry, there, recorded] = [from, to, ours].map((path) => entryStatsOf(path));
  if (!entry) return;
  if (!there) {
    if (entry.isDirectory() && recorded?.isDirectory() === true) keepInFolder(from, to, ours);
    else if (entry.isDirectory() || !recorded) copyEntry(from, to);
  } else if (entry.isDirectory() && there.isDirectory()) keepOthers(from, to, ours);
  else if (isInTheWay(entry, there, recorded !== undefined))
    throw new CommandError(
      `${shown} has the name of something that the app brings; move it elsewhere`,
    );
}

/** A link in place of what Sigpack installed is replaced: what it leads to stays. */
function isInTheWay(entry: Stats, there: Stats, isRecorded: boolean): boolean {
  if (entry.isDirectory()) return true;
  if (entry.isSymbolicLink()) return !isRecorded && !there.isSymbolicLink();
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
 * What is there already stays.
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
