import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from './is-alive.ts';

/** Which process it is, for others that share a disk with it. */
export interface ProcessIdentity {
  readonly pid: number;
  /**
   * When it began, as the system counts, since numbers of processes are used again. Empty where the
   * system does not report it.
   */
  readonly started: string;
  /**
   * Processes see each other where this is equal: host, boot and, on Linux, the namespace of
   * process numbers.
   */
  readonly machine: string;
  /** As messages show it. */
  readonly host: string;
}

export const thisProcess = (): ProcessIdentity => ({
  pid: process.pid,
  started: startOf(process.pid),
  machine: thisMachine(),
  host: hostname(),
});

/**
 * Whether a process still runs. `elsewhere`: it is on another machine or in another container,
 * which this process can't see.
 */
export function stateOf({
  pid,
  started,
  machine,
}: ProcessIdentity): 'alive' | 'dead' | 'elsewhere' {
  if (machine !== thisMachine()) return 'elsewhere';
  if (!isAlive(pid)) return 'dead';
  const now = startOf(pid);
  // the system may not report when a process of another user began
  return now === '' || started === '' || now === started ? 'alive' : 'dead';
}

/** The id of the running system since its start; empty where there is none. */
export const bootId = (): string =>
  textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

function thisMachine(): string {
  const namespace = textOf(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), bootId(), namespace].filter((part) => part !== '').join(' ');
}

/**
 * When a process began: the 22nd field of /proc/<pid>/stat; the second one is a name in parentheses
 * that may hold anything.
 */
export const startOf = (pid: number): string =>
  textOf(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return (
      stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .at(19) ?? ''
    );
  });

function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    // another system than Linux, or a process that is hidden from this user
    return '';
  }
}
