import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const mainFile = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');

export interface Run {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File descriptor in place of a pipe for standard output. */
  readonly stdout?: number;
}

/** The environment of a run: nothing of the caller's own that changes what is printed. */
export function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { ...(PATH === undefined ? {} : { PATH }), ...(HOME === undefined ? {} : { HOME }), ...(TMPDIR === undefined ? {} : { TMPDIR }), ...more };
}

/** Runs the command line from its sources: what is in dist/ may be older. */
export function sigpack(args: readonly string[], { cwd, env, stdout }: RunOptions = {}): Run {
  const run = spawnSync(process.execPath, [mainFile, ...args], {
    cwd,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  return { code: run.status ?? undefined, stdout: run.stdout ?? '', stderr: run.stderr ?? '' };
}
