import { Argument, type Command, InvalidArgumentError } from 'commander';
import { nearest } from '../../../source/nearest.ts';
import { commandHelp } from '../help-text.ts';
import { configOption, formatOption, pluginOption, verboseOption } from '../options.ts';
import { answerTo } from '../sigma-cli.ts';
import { type Listable, listable } from './listed.ts';
import type { ListOptions } from './run.ts';

export function register(program: Command): void {
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
    .addOption(formatOption('list'))
    .addOption(
      verboseOption('show the pipelines of a bundle, and the unproved names of a pipeline'),
    )
    .action(async (what: Listable, names: readonly string[], options: ListOptions) => {
      const { list } = await import('./run.ts');
      process.exitCode = await list(what, names, options);
    })
    .addHelpText(
      'after',
      commandHelp(['sigpack list pipelines splunk', 'sigpack list fields rules -f json']),
    );
}

/** Its choices are for help and completion; the parser has its own error message. */
function listArgument(): Argument {
  const argument = new Argument('<what>', 'what to list').choices(listable);
  argument.argParser(oneOfLists);
  return argument;
}

function oneOfLists(value: string): Listable {
  const list = listable.find((name) => name === value);
  if (list) return list;
  const near = nearest(value, listable);
  throw new InvalidArgumentError(
    answerTo.list(value) ??
      `${near === undefined ? '' : `Did you mean ${near}? `}It must be one of ` +
        `${listable.join(', ')}.`,
  );
}
