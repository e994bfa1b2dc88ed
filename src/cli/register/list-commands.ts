import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../source/nearest.ts';
import type { ListOptions } from '../command/list.ts';
import { type Shell, shells } from '../command/shells.ts';
import { type Listable, listable } from '../project/listed.ts';
import { configOption, pluginOption } from './options.ts';
import { answerTo } from './sigma-cli.ts';

/** The commands that say what there is: `list` and `completion`. */
export function addLists(program: Command): void {
  program
    .command('list')
    .description('list targets, formats and pipelines, or the log sources and fields of rules')
    .addArgument(listArgument())
    .argument(
      '[names...]',
      'of formats and pipelines: targets; of logsources and fields: rule files and folders',
    )
    .addOption(pluginOption())
    .addOption(configOption())
    .addOption(
      new Option('-f, --format <format>', 'format of the list')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option(
      '-v, --verbose',
      'show the pipelines of a bundle, and the unproved names of a pipeline',
      false,
    )
    .action(async (what: Listable, names: readonly string[], options: ListOptions) => {
      const { list } = await import('../command/list.ts');
      process.exitCode = await list(what, names, options);
    });
  program
    .command('completion')
    .description('print a script that completes commands in a shell')
    .addArgument(new Argument('<shell>', 'shell').choices(shells))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../command/completion.ts');
      process.stdout.write(completionScript(shell));
    });
}

/** Its choices are for the completion; the reader has an answer of its own. */
function listArgument(): Argument {
  const argument = new Argument('<what>', 'what to list').choices(listable);
  argument.argParser(oneOfLists);
  return argument;
}

function oneOfLists(value: string): Listable {
  const found = listable.find((name) => name === value);
  if (found) return found;
  const near = nearest(value, listable);
  throw new InvalidArgumentError(
    answerTo.list(value) ??
      `${near === undefined ? '' : `Did you mean ${near}? `}It must be one of ` +
        `${listable.join(', ')}.`,
  );
}
