import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { environment } from './sigpack.ts';

/** A run of Node, and the folder whose changes count. */
export interface KilledRun {
  /** What Node is given. */
  readonly args: readonly string[];
  readonly below: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A kill hits a write when half of it is done, not before it. */
  readonly half?: boolean;
}

/** The calls of a run that change the disk, by their numbers from 1. */
export interface Calls {
  readonly calls: number;
  readonly renames: readonly number[];
  readonly removals: readonly number[];
}

const preload = pathToFileURL(join(import.meta.dirname, 'crash-at.mjs')).href;

function runOf({ args, below, cwd, env, half }: KilledRun, more: Record<string, string>) {
  return spawnSync(process.execPath, ['--import', preload, ...args], {
    cwd,
    encoding: 'utf8',
    env: environment({
      ...env,
      ...more,
      CRASH_BELOW: below,
      ...(half ? { CRASH_HALF: '1' } : {}),
    }),
  });
}

/** Runs to the end, and counts. */
export function callsOf(run: KilledRun): Calls {
  const { stdout, stderr } = runOf(run, {});
  const numbers = (name: string): readonly number[] =>
    (new RegExp(`^${name} ([\\d ]+)$`, 'm').exec(stdout)?.[1] ?? '').split(' ').map(Number);
  expect(stdout, stderr).toMatch(/^calls \d+\nrenames \d/m);
  return {
    calls: numbers('calls')[0] ?? 0,
    renames: numbers('renames'),
    removals: numbers('removals'),
  };
}

/**
 * Has the folder as a kill at each of these calls leaves it. One run makes all of these states: a
 * kill leaves what is on the disk at that moment. The last call does kill it, so its process is
 * gone for every state. A state that is that of the call before, such as one of two calls that
 * close files, is had once.
 */
export async function killedAt(
  run: KilledRun,
  moments: Iterable<number>,
  visit: (moment: number) => void | Promise<void>,
): Promise<void> {
  const copies = mkdtempSync(join(tmpdir(), 'sigpack-kills-'));
  try {
    const numbers = [...new Set(moments)].sort((a, b) => a - b);
    const { signal, stderr } = runOf(run, { CRASH_AT: numbers.join(' '), CRASH_COPIES: copies });
    expect(signal, stderr).toBe('SIGKILL');
    let before = '';
    for (const moment of numbers) {
      const copy = join(copies, String(moment));
      if (existsSync(`${copy}.same`)) continue;
      const state = stateOf(copy);
      if (state === before) continue;
      before = state;
      rmSync(run.below, { recursive: true, force: true });
      if (existsSync(copy)) renameSync(copy, run.below);
      await visit(moment);
    }
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

/** All that is in a folder: paths, kinds, modes and contents. */
function stateOf(folder: string): string {
  if (!existsSync(folder)) return 'no folder';
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return JSON.stringify(
    entries.map((name) => {
      const path = join(folder, name);
      const stats = lstatSync(path);
      if (stats.isSymbolicLink()) return [name, readlinkSync(path)];
      return [name, stats.mode, stats.isFile() ? readFileSync(path, 'latin1') : ''];
    }),
  );
}

/**
 * Has the folder as kills at the calls that `momentsOf` takes of so many leave it, then as kills of
 * a run that finds what one killed in the middle has left, and cleans up.
 */
export async function killedAndKilledAgain(
  run: KilledRun,
  momentsOf: (calls: number) => readonly number[],
  visit: (where: string) => void | Promise<void>,
): Promise<void> {
  const copies = mkdtempSync(join(tmpdir(), 'sigpack-kills-'));
  const [begin, left] = [join(copies, 'begin'), join(copies, 'left')];
  const options = { recursive: true, preserveTimestamps: true };
  const restore = (from: string): void => {
    rmSync(run.below, { recursive: true });
    cpSync(from, run.below, options);
  };
  const counted = (from: string): Calls => {
    const counts = callsOf(run);
    restore(from);
    return counts;
  };
  try {
    cpSync(run.below, begin, options);
    const { calls, renames } = counted(begin);
    const middle = renames[renames.length >> 1] ?? calls;
    await killedAt(run, [...momentsOf(calls), middle], async (at) => {
      if (at === middle) cpSync(run.below, left, options);
      await visit(`killed at call ${at} of ${calls}`);
    });
    restore(left);
    const more = counted(left).calls;
    expect(more, 'cleaning up takes calls').toBeGreaterThan(calls);
    await killedAt(run, momentsOf(more), (at) => visit(`killed again at call ${at} of ${more}`));
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}
