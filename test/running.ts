import { readFileSync } from 'node:fs';

/** Whether a process runs, on Linux: a zombie, which nobody has waited for, does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // there is no such process
    return false;
  }
}
