import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../error/command-error.ts';

/** Runs git in a folder; undefined where it fails or is not there. */
function git(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string | undefined {
  const { status, stdout } = spawnSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return status === 0 ? stdout : undefined;
}

export const isRepository = (folder: string): boolean =>
  git(folder, ['rev-parse', '--is-inside-work-tree'])?.trim() === 'true';

export interface ChangedFile {
  /** As `git status` has it: `M`, `A`, `??`, ... */
  readonly state: string;
  /** From the root of the repository. */
  readonly path: string;
}

/** Files that are changed or not in git yet; an empty list means a clean tree. */
export function changedFiles(folder: string): readonly ChangedFile[] {
  const files: ChangedFile[] = [];
  const entries = (
    git(folder, ['status', '--porcelain', '-z', '--untracked-files=all']) ?? ''
  ).split('\0');
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] ?? '';
    if (entry === '') continue;
    const state = entry.slice(0, 2);
    files.push({ state: state.trim(), path: entry.slice(3) });
    // the former name follows
    if (/[RC]/.test(state)) index += 1;
  }
  return files;
}

export const repositoryRoot = (folder: string): string | undefined =>
  git(folder, ['rev-parse', '--show-toplevel'])?.trimEnd();

/** A file of the folder as the last commit has it. */
export const textAtHead = (folder: string, name: string): string | undefined =>
  git(folder, ['show', `HEAD:./${name}`]);

/** Those of the tags that are in git. */
export function knownTags(folder: string, tags: readonly string[]): readonly string[] {
  const refs = tags.map((tag) => `refs/tags/${tag}`);
  const found = git(folder, ['for-each-ref', '--format=%(refname)', ...refs])?.split('\n') ?? [];
  return tags.filter((_, at) => found.includes(refs[at] ?? ''));
}

/** The commit that a revision means, as 40 or 64 hexadecimal digits. */
export const commitOf = (folder: string, revision: string): string | undefined =>
  revision.startsWith('-')
    ? undefined
    : git(folder, ['rev-parse', '-q', '--verify', `${revision}^{commit}`])?.trim();

export interface Commit {
  readonly id: string;
  /** When it was made, as `2026-11-25T06:00:00.000Z`. */
  readonly date: string | undefined;
}

/** The current commit; undefined before the first. */
export function currentCommit(folder: string): Commit | undefined {
  // no file of this name is meant, and no setting changes what it prints
  const shown = git(folder, ['rev-list', '-1', '--timestamp', 'HEAD', '--']) ?? '';
  const [, time, id] = /^(\d+) ([0-9a-f]{40,64})$/m.exec(shown) ?? [];
  if (id === undefined) return undefined;
  const seconds = Number(time);
  return { id, date: seconds > 0 ? new Date(seconds * 1000).toISOString() : undefined };
}

export const remoteUrl = (folder: string): string | undefined =>
  git(folder, ['remote', 'get-url', 'origin'])?.trim() || undefined;

export interface CheckedOut {
  /** The folder in the temporary one that corresponds to the folder of the request. */
  readonly folder: string;
  readonly remove: () => void;
}

/**
 * The files of a commit in a temporary folder; neither the work tree nor the index of the
 * repository is touched.
 */
export function checkOut(folder: string, commit: string): CheckedOut {
  const temporary = mkdtempSync(join(tmpdir(), 'sigpack-git-'));
  const remove = (): void => rmSync(temporary, { recursive: true, force: true });
  const index = { GIT_INDEX_FILE: join(temporary, '.sigpack-index') };
  const shown = git(folder, ['rev-parse', '--show-prefix', '--show-cdup']) ?? '';
  // the way to the root has no line break
  const [, prefix, up] = /^(.*)\n(.*)\n$/s.exec(shown) ?? [];
  const atRoot = ['-C', up || '.'];
  if (prefix === undefined || git(folder, [...atRoot, 'read-tree', commit], index) === undefined) {
    remove();
    throw new CommandError(`git cannot read ${commit}`);
  }
  const files = ['checkout-index', '--all', '--force', `--prefix=${temporary}/`];
  const done = git(folder, [...atRoot, ...files], index);
  rmSync(index.GIT_INDEX_FILE, { force: true });
  if (done === undefined) {
    remove();
    throw new CommandError(`git cannot write the files of ${commit}`);
  }
  return { folder: join(temporary, prefix), remove };
}
