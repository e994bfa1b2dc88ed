import { type Command, Option } from 'commander';
import { commandHelp } from '../help-text.ts';
import {
  configOption,
  formatOption,
  pipelineOption,
  rulesArgument,
  wholeNumber,
} from '../options.ts';
import { eventCounts } from './event-counts.ts';
import type { StatsOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('stats')
    .description('show on which minutes of the hour the scheduled searches start')
    .addArgument(rulesArgument())
    .addOption(configOption())
    .addOption(pipelineOption())
    .option('--all', 'count disabled detections too', false)
    .addOption(
      new Option(
        '--budget <searches>',
        'searches per minute; more than that makes the exit code 1',
      ).argParser(wholeNumber),
    )
    .addOption(
      new Option(
        '--events-per-minute <events>',
        'what searches look through, for windows/process_creation=5000; can be repeated',
      ).argParser(eventCounts),
    )
    .addOption(formatOption('output'))
    .action(async (paths: readonly string[], options: StatsOptions) => {
      const { stats } = await import('./run.ts');
      process.exitCode = await stats(paths, options);
    })
    .addHelpText(
      'after',
      commandHelp([
        'sigpack stats --budget 20 -f json',
        'sigpack stats --events-per-minute windows/process_creation=5000',
      ]),
    );
}
