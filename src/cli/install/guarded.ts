import { InstallError } from '../../install/install-error.ts';
import {
  longestMessage,
  type ServerTexts,
  withoutSecrets,
} from '../../install/server/server-text.ts';
import { CommandError, isRemoteError } from '../error/command-error.ts';
import { type ExitCode, exitCodes } from '../error/exit-code.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The error of an install as that of a command; any other one as it is. */
export const commandErrorOf = (error: unknown): unknown =>
  error instanceof InstallError
    ? new CommandError(error.message, error.kind === 'place' ? exitCodes.remote : exitCodes.usage)
    : error;

/**
 * Says what a server did not do, before there was a plan, too. No error leaves it with a secret in
 * it.
 */
export async function guarded(
  terminal: Terminal,
  format: 'text' | 'json' | undefined,
  texts: ServerTexts,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work();
  } catch (thrown) {
    const error = commandErrorOf(thrown);
    terminal.clear();
    if (!isRemoteError(error)) throw withoutSecrets(error, texts);
    const message = texts.shown(error.message, longestMessage);
    if (format === 'json')
      process.stdout.write(`${JSON.stringify({ outcome: 'failed', error: message }, null, 2)}\n`);
    else process.stderr.write(`sigpack: ${message}\n`);
    return exitCodes.remote;
  }
}
