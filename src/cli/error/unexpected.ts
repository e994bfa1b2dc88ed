import { systemError } from './file-error.ts';

/** The message of an error that no command expects. */
export function unexpected(error: unknown): string {
  // the message of an error of the machine is enough
  if (error instanceof Error && 'syscall' in error) return systemError(error);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `internal error: ${text}`;
}
