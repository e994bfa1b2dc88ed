import { systemError } from './file-error.ts';

/** The message of an error that no command expects. */
export function unexpected(error: unknown): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // older versions fail in many ways
  if (major < 22 || (major === 22 && minor < 12))
    return `Node ${process.versions.node} is too old: Sigpack needs 22.12 or newer`;
  // the message of an error of the machine is enough
  if (error instanceof Error && 'syscall' in error) return systemError(error);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `internal error: ${text}`;
}
