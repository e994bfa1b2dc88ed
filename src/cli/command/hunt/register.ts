import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../../pack/settings/duration.ts';
import { commandHelp } from '../help-text.ts';
import { configOption, formatOption, pipelineOption, verboseOption } from '../options.ts';
import type { HuntOptions, Span } from './run.ts';

export function register(program: Command): void {
  program
    .command('hunt')
    .description('print queries that find matches in messages that Graylog has stored')
    .addArgument(
      new Argument(
        '[rules...]',
        'ids, titles, names, files and folders of rules (default: all rules of the configuration)',
      ),
    )
    .addOption(
      new Option('--last <span>', 'how far back to search, such as 12h or 30d')
        .argParser(span)
        .default({ seconds: 604_800, text: '7d' }, '7d'),
    )
    .option('--server <url>', 'address of Graylog, for links (default: that of an install place)')
    .addOption(formatOption('queries'))
    .addOption(pipelineOption())
    .addOption(configOption())
    .addOption(verboseOption())
    .action(async (rules: readonly string[], options: HuntOptions) => {
      const { hunt } = await import('./run.ts');
      process.exitCode = await hunt(rules, options);
    })
    .addHelpText(
      'after',
      commandHelp(['sigpack hunt --last 30d', "sigpack hunt 'Mimikatz Use' -f json"]),
    );
}

function span(text: string): Span {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return { seconds, text };
  throw new InvalidArgumentError('It must be a span of time such as 90m, 12h or 30d.');
}
