import { appendFileSync, chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AppFiles, filesDigest, isAdmins, stanzaFiles } from '../../install/app-files.ts';
import type { Drift } from '../../install/plan.ts';
import { readConf } from '../../pack/splunk-conf.ts';
import { withSlashes } from '../portable-path.ts';
import { writeDurably } from '../write-durably.ts';

export interface AppPlaces {
  /** The app's folder. */
  readonly target: string;
  /** Of all apps. */
  readonly folder: string;
  /** Where an install keeps what it works on and what it remembers, on the same disk. */
  readonly state: string;
}

/** The files of an app that are not the admin's. */
export function readTree(folder: string): AppFiles {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => withSlashes(path));
  return new Map(
    paths
      .filter((path) => !isAdmins(path) && statSync(join(folder, path)).isFile())
      .sort()
      .map((path) => [path, readFileSync(join(folder, path))]),
  );
}

const workOf = (state: string) => ({ fresh: join(state, 'new'), old: join(state, 'old'), record: join(state, 'record') });

/**
 * Unpacks beside, takes over what is the admin's, and swaps by two renames. Cut off between them there is no app for a moment: {@link mendApp}, which
 * every later command calls first, puts the old one back.
 */
export function swapApp(places: AppPlaces, files: AppFiles, kept: readonly Drift[], direction: 'install' | 'rollback'): void {
  const { target, folder, state } = places;
  const { fresh, old, record } = workOf(state);
  mkdirSync(folder, { recursive: true });
  try {
    writeTree(fresh, files);
    if (filesDigest(readTree(fresh)) !== filesDigest(files)) throw new Error(`what was unpacked into ${fresh} is not what the app holds`);
    writeTree(`${record}.part`, files);
    if (direction === 'rollback') writeDurably(join(`${record}.part`, rollbackMark), '');
    if (existsSync(target)) {
      takeOver(places, files, kept);
      chmodSync(fresh, statSync(target).mode & 0o7777);
    }
    giveTo(fresh, statSync(folder));
    renameSync(`${record}.part`, record);
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
  } catch (error) {
    mendApp(places);
    throw error;
  }
  remember(state);
}

/** In the record of a rollback: what was installed before it is no version to return to. */
const rollbackMark = 'local.rollback';

/** What is installed now, and what was before it. Each step can be done again. */
function remember(state: string): void {
  const { old, record } = workOf(state);
  const [installed, previous] = [join(state, 'installed'), join(state, 'previous')];
  if (existsSync(join(record, rollbackMark))) {
    rmSync(previous, { recursive: true, force: true });
    rmSync(installed, { recursive: true, force: true });
    rmSync(join(record, rollbackMark));
  } else if (existsSync(installed)) {
    const same = filesDigest(readTree(installed)) === filesDigest(readTree(record));
    if (same) rmSync(installed, { recursive: true, force: true });
    else {
      rmSync(previous, { recursive: true, force: true });
      renameSync(installed, previous);
    }
  }
  renameSync(record, installed);
  rmSync(old, { recursive: true, force: true });
}

/** Ends what a run before was cut off at: puts the old app back where there is none, or remembers what was swapped in. */
export function mendApp({ target, state }: AppPlaces): void {
  const { fresh, old, record } = workOf(state);
  if (existsSync(old) && !existsSync(target)) renameSync(old, target);
  if (existsSync(record) && !existsSync(fresh)) {
    // the new app is in its place
    if (existsSync(target)) remember(state);
  }
  // the record goes first: without the new app beside it, it would count as swapped in
  for (const stale of [record, `${record}.part`, fresh, old]) rmSync(stale, { recursive: true, force: true });
}

/** Takes the app out of Splunk's sight; it stays in the state's folder, with what the admin had in it. */
export function removeApp({ target, state }: AppPlaces): void {
  rmSync(join(state, 'removed'), { recursive: true, force: true });
  renameSync(target, join(state, 'removed'));
  for (const name of ['installed', 'previous']) rmSync(join(state, name), { recursive: true, force: true });
}

/** The admin's own goes into the new app: local/, local.meta, lookups of theirs, and what they changed in place where that is kept. */
function takeOver({ target, state }: AppPlaces, files: AppFiles, kept: readonly Drift[]): void {
  const { fresh } = workOf(state);
  for (const own of ['local', 'metadata/local.meta', ...lookupsOfAdmin(target, state, files)]) copyInto(fresh, target, own);
  for (const { key, changes = [] } of kept) {
    const path = key.split(' ')[0] ?? '';
    if (!stanzaFiles.test(path)) copyInto(fresh, target, key);
    else keepInLocal(join(fresh, 'local', path.slice('default/'.length)), key.slice(path.length + 1), changes);
  }
}

function copyInto(fresh: string, target: string, path: string): void {
  if (!existsSync(join(target, path))) return;
  mkdirSync(dirname(join(fresh, path)), { recursive: true });
  cpSync(join(target, path), join(fresh, path), { recursive: true, preserveTimestamps: true });
}

/** A setting that was changed in default/ goes where such changes belong: Splunk prefers local/. What stands there already stays. */
function keepInLocal(conf: string, stanza: string, changes: NonNullable<Drift['changes']>): void {
  const there = existsSync(conf) ? readConf(readFileSync(conf, 'utf8')).stanzas.get(stanza) : undefined;
  const lines = changes.filter(({ name }) => !there?.has(name)).map(({ name, after }) => `${name} = ${after.replaceAll('\n', '\\\n')}`);
  if (lines.length === 0) return;
  mkdirSync(dirname(conf), { recursive: true });
  appendFileSync(conf, `\n# changed in default/ by hand, kept by sigpack install\n[${stanza}]\n${lines.join('\n')}\n`);
}

/** Lookups that neither the new app nor the one before brought. */
function lookupsOfAdmin(target: string, state: string, files: AppFiles): readonly string[] {
  const folder = join(target, 'lookups');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => `lookups/${name}`)
    .filter((path) => !files.has(path) && !existsSync(join(state, 'installed', path)));
}

function writeTree(folder: string, files: AppFiles): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of files) {
    const place = join(folder, path);
    mkdirSync(dirname(place), { recursive: true });
    writeDurably(place, bytes);
  }
}

/** What root writes belongs to who owns the apps: Splunk runs as another user. */
function giveTo(folder: string, owner: { readonly uid: number; readonly gid: number }): void {
  if (process.getuid?.() !== 0) return;
  for (const path of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) chownSync(join(folder, path), owner.uid, owner.gid);
}
