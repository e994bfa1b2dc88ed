import { type Command, CommanderError } from 'commander';
import { createProgram } from './command/program.ts';
import { sigmaCliArguments } from './command/sigma-cli.ts';
import { CommandError } from './error/command-error.ts';
import { exitCodes } from './error/exit-code.ts';
import { unexpected } from './error/unexpected.ts';
import { guardTerminal, visibleLines } from './terminal/guarded.ts';
import { eraseStatusLine } from './terminal/terminal.ts';

async function run(
  program: Command,
  command: string | undefined,
  rest: readonly string[],
): Promise<void> {
  const { args, refused } = command === 'convert' ? sigmaCliArguments(rest) : { args: rest };
  if (refused !== undefined) {
    const convert = program.commands.find((one) => one.name() === command);
    (convert ?? program).error(`error: unknown option '${refused}'`);
  }
  await program.parseAsync([...(command === undefined ? [] : [command]), ...args], {
    from: 'user',
  });
}

const isCommand = ({ commands }: Command, word: string): boolean =>
  word === 'help' || commands.some((command) => command.name() === word);

/** Runs the command of `process.argv`, prints its errors and sets the exit code. */
export async function runCommandLine(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    guardTerminal(stream, { wraps: stream === process.stderr });
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // a reader such as `head` that has seen enough is not an error
      if (error.code !== 'EPIPE') process.exit(exitCodes.internal);
    });
  }
  try {
    const program = createProgram();
    const [command, ...rest] = process.argv.slice(2);
    // the scripts of shells run this: its words are not arguments of the command line
    if (command === 'completion' && rest[0] === 'words') {
      const { completionWords } = await import('./command/completion/words.ts');
      const words = await completionWords(rest.slice(1), program);
      process.stdout.write(words.map((word) => `${word}\n`).join(''));
    } else if (command === 'help' && rest[0] !== undefined && !isCommand(program, rest[0]))
      // the error names the nearest command; the help of all would hide the slip
      await run(program, rest[0], []);
    else await run(program, command, rest);
  } catch (error) {
    if (error instanceof CommanderError)
      process.exitCode = error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    else if (error instanceof CommandError) {
      process.stderr.write(`sigpack: ${visibleLines(error.message)}\n`);
      process.exitCode = error.exitCode;
    } else {
      process.stderr.write(`sigpack: ${visibleLines(unexpected(error))}\n`);
      process.exitCode = exitCodes.internal;
    }
  } finally {
    eraseStatusLine();
  }
}
