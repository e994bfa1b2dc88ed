import { setV8Flag } from './v8-flag.ts';

/**
 * Leaves V8's last optimizer to functions that run a hundred thousand times (its default: 3,000). A
 * build takes seconds, and compiling in the background cost a tenth of its CPU time. V8 takes the
 * setting after the start, since Node 22.
 */
export function optimizeLate(): void {
  setV8Flag('--invocation-count-for-turbofan=100000');
}
