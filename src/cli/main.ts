#!/usr/bin/env node
import module from 'node:module';
import { Command, CommanderError, Help } from 'commander';
import { CommandError } from './error/command-error.ts';
import { exitCodes } from './error/exit-code.ts';
import { unexpected } from './error/unexpected.ts';
import { toolVersion } from './process/package-root.ts';
import { helpText } from './register/help-text.ts';
import { addInstalls } from './register/install-commands.ts';
import { addLists } from './register/list-commands.ts';
import { addBeginnings, addBuilds } from './register/pack-commands.ts';
import { addRuleQuestions } from './register/question-commands.ts';
import { addReleases } from './register/release-commands.ts';
import { addConversion, addTrials } from './register/rule-commands.ts';
import { sigmaCliArguments } from './register/sigma-cli.ts';
import { usageText } from './register/usage-text.ts';
import { guardTerminal, visibleLines } from './terminal/guarded.ts';
import { eraseStatusLine } from './terminal/terminal.ts';

// the bytecode of our modules is kept between runs, where Node has that
module.enableCompileCache?.();

// the modules of a command are loaded when it runs: `--help` answers at once
function createProgram(): Command {
  const program = new Command('sigpack')
    .description('Compiles Sigma detection rules into a Splunk app and a Graylog content pack.')
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .showHelpAfterError('(sigpack --help lists the commands)')
    .configureOutput({ outputError: (text, write) => write(visibleLines(usageText(text))) })
    // a switch is off until it is given
    .configureHelp({
      optionDescription: (option) =>
        new Help().optionDescription(option).replace(/ ?\(default: false\)$/, ''),
    })
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', helpText());
  addBuilds(program);
  addBeginnings(program);
  addConversion(program);
  addRuleQuestions(program);
  addReleases(program);
  addInstalls(program);
  addTrials(program);
  addLists(program);
  for (const command of program.commands)
    command
      .exitOverride()
      .showHelpAfterError(`(sigpack ${command.name()} --help lists its options)`)
      .addHelpText('after', helpText(command));
  return program;
}

async function run(
  program: Command,
  command: string | undefined,
  rest: readonly string[],
): Promise<void> {
  const { args, refused } = command === 'convert' ? sigmaCliArguments(rest) : { args: rest };
  if (refused !== undefined) program.error(`error: unknown option '${refused}'`);
  await program.parseAsync([...(command === undefined ? [] : [command]), ...args], {
    from: 'user',
  });
}

for (const stream of [process.stdout, process.stderr]) {
  guardTerminal(stream, { wraps: stream === process.stderr });
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // a reader such as `head` that has seen enough is no reason to stop
    if (error.code !== 'EPIPE') process.exit(exitCodes.internal);
  });
}

try {
  const program = createProgram();
  const [command, ...rest] = process.argv.slice(2);
  // what the scripts ask: nothing of it is for the command line's own reader
  if (command === 'completion' && rest[0] === 'words') {
    const { completionWords } = await import('./command/completion.ts');
    const found = await completionWords(rest.slice(1), program);
    process.stdout.write(found.map((word) => `${word}\n`).join(''));
  } else await run(program, command, rest);
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
