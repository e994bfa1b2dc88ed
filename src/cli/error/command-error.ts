import { type ExitCode, exitCodes } from './exit-code.ts';

/**
 * Ends a command: the message is printed as one line, and the command ends with the exit code, by
 * default that of wrong usage. No other class is thrown in `src/cli`.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = exitCodes.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What a server did not do, or a place that is not as a plan has it. */
export const remoteError = (message: string): CommandError =>
  new CommandError(message, exitCodes.remote);

export const isRemoteError = (error: unknown): error is CommandError =>
  error instanceof CommandError && error.exitCode === exitCodes.remote;

export const isUsageError = (error: unknown): error is CommandError =>
  error instanceof CommandError && error.exitCode === exitCodes.usage;
