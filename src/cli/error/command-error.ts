import { type ExitCode, exitCodes } from './exit-code.ts';

/**
 * Ends a command: the message is printed as one line, and the command ends with the exit code, by
 * default that of wrong usage. No other class is thrown in `src/cli`.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  /** Of the answer of the server that the error is about; undefined where there was no answer. */
  readonly httpStatus: number | undefined;
  constructor(message: string, exitCode: ExitCode = exitCodes.usage, httpStatus?: number) {
    super(message);
    this.exitCode = exitCode;
    this.httpStatus = httpStatus;
  }
}

/**
 * What a server that was asked did not do. The message must not hold a secret: neither headers nor
 * bodies that were sent are in it.
 */
export const remoteError = (message: string, httpStatus?: number): CommandError =>
  new CommandError(message, exitCodes.remote, httpStatus);

export const isRemoteError = (error: unknown): error is CommandError =>
  error instanceof CommandError && error.exitCode === exitCodes.remote;

export const isUsageError = (error: unknown): error is CommandError =>
  error instanceof CommandError && error.exitCode === exitCodes.usage;
