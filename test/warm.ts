import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environment, type Run, type RunOptions } from './sigpack.ts';

/** A process that has the command loaded: its runs take none of the time of a start. */
export interface WarmProcess {
  /** Runs one at a time. */
  readonly run: (args: readonly string[], options: RunOptions) => Promise<Run>;
  readonly end: () => Promise<void>;
  /** Ends it at once, also in the middle of a run. */
  readonly kill: () => void;
}

/** Starts a module of the tests, which ends when it is disconnected. */
export function forked(module: string): {
  readonly child: ChildProcess;
  readonly end: WarmProcess['end'];
} {
  const child = fork(join(import.meta.dirname, module), { env: environment() });
  return {
    child,
    async end() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

export function warmProcess(): WarmProcess {
  const { child, end } = forked('warm-process.ts');
  return {
    run: (args, options) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null): void => reject(new Error(`it ended, ${code}`));
        child.once('exit', ended);
        child.once('message', (run) => {
          child.off('exit', ended);
          resolve(run as Run);
        });
        child.send({ args, options });
      }),
    end,
    kill: () => child.kill('SIGKILL'),
  };
}
