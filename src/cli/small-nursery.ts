import { setV8Flag } from './v8-flag.ts';

/**
 * Keeps V8's space for new objects as large as it is after the start, 16 MiB, and its collection with one thread. Left alone it grows to 128 MiB while
 * rules are read, for the same CPU time; and little of it is alive, so that waking threads for it costs more CPU time than they take off, some twentieth of a
 * build.
 */
export function keepNurserySmall(): void {
  setV8Flag('--semi-space-growth-factor=1');
  setV8Flag('--no-parallel-scavenge');
}
