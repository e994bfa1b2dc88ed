import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from './is-alive.ts';

/** Which process it is, for others that share a disk with it. */
export interface ProcessIdentity {
  readonly pid: number;
  /**
   * When it began, in the system's own count: a number of a process is given again. Empty where the
   * system does not say.
   */
  readonly started: string;
  /**
   * Processes of one machine see each other: host, boot and, on Linux, the namespace of process
   * numbers.
   */
  readonly machine: string;
  /** For a person. */
  readonly host: string;
}

export const thisProcess = (): ProcessIdentity => ({
  pid: process.pid,
  started: startOf(process.pid),
  machine: thisMachine(),
  host: hostname(),
});

/**
 * Whether a process is at work. `elsewhere`: it is of another machine or container, so this one
 * can't see.
 */
export function stateOf({
  pid,
  started,
  machine,
}: ProcessIdentity): 'alive' | 'dead' | 'elsewhere' {
  if (machine !== thisMachine()) return 'elsewhere';
  if (!isAlive(pid)) return 'dead';
  const now = startOf(pid);
  // of a process of another user, the system may not say when it began
  return now === '' || started === '' || now === started ? 'alive' : 'dead';
}

/** Of the system as it runs now; empty where it does not say. */
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
