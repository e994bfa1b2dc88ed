import { systemError } from './file-error.ts';

/** What to say of an error that no command has foreseen. */
export function unexpected(error: unknown): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // what older versions lack fails in many ways
  if (major < 22 || (major === 22 && minor < 12))
    return `Node ${process.versions.node} is too old: Sigpack needs 22.12 or newer`;
  // an error of the machine says all in its message
  if (error instanceof Error && 'syscall' in error) return systemError(error);
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
