import { setV8Flag } from './v8-flag.ts';

/**
 * Keeps V8's space for new objects as large as it is after the start, some 4 MiB, and its
 * collection with one thread. Left alone it grows to 128 MiB while rules are read; from 4 to 32 MiB
 * the CPU time is the same; and little of it is alive, so that waking threads for it costs more CPU
 * time than they take off, some twentieth of a build.
 */
export function keepNurserySmall(): void {
  setV8Flag('--semi-space-growth-factor=1');
  setV8Flag('--no-parallel-scavenge');
}
