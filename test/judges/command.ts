import { spawn } from 'node:child_process';
import { main } from './places.ts';

export interface CommandRun {
  readonly code: number | null;
  /** What it printed, on both streams. */
  readonly out: string;
}

/**
 * Runs the built command as a user would. A server of the judge may be in this process, so it is
 * not blocked.
 */
export function runSigpack(
  folder: string,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CommandRun> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.on('close', (code) => resolve({ code, out }));
  });
}
