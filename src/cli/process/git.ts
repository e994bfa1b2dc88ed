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

export const hasTag = (folder: string, tag: string): boolean =>
  git(folder, ['rev-parse', '-q', '--verify', `refs/tags/${tag}`]) !== undefined;

/** The commit that a revision means, as 40 or 64 hexadecimal digits. */
export const commitOf = (folder: string, revision: string): string | undefined =>
  revision.startsWith('-')
    ? undefined
    : git(folder, ['rev-parse', '-q', '--verify', `${revision}^{commit}`])?.trim();

/** When a commit was made, as `2026-11-25T06:00:00.000Z`. */
export function commitDate(folder: string, commit: string): string | undefined {
  const seconds = Number(git(folder, ['show', '-s', '--format=%ct', commit])?.trim());
  return Number.isInteger(seconds) && seconds > 0
    ? new Date(seconds * 1000).toISOString()
    : undefined;
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
  const prefix = git(folder, ['rev-parse', '--show-prefix'])?.trim();
  const root = git(folder, ['rev-parse', '--show-toplevel'])?.trim();
  if (
    prefix === undefined ||
    root === undefined ||
    git(root, ['read-tree', commit], index) === undefined
  ) {
    remove();
    throw new CommandError(`git cannot read ${commit}`);
  }
  const done = git(root, ['checkout-index', '--all', '--force', `--prefix=${temporary}/`], index);
  rmSync(index.GIT_INDEX_FILE, { force: true });
  if (done === undefined) {
    remove();
    throw new CommandError(`git cannot write the files of ${commit}`);
  }
  return { folder: join(temporary, prefix), remove };
}
