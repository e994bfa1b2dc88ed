import type { Command } from 'commander';
import { commandHelp } from '../help-text.ts';
import {
  configOption,
  formatOption,
  namedRulesArgument,
  pipelineOption,
  targetOption,
  verboseOption,
} from '../options.ts';
import type { MatchOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('match')
    .description('find the rules that match each event of a stream')
    .addArgument(namedRulesArgument())
    .requiredOption('--events <files...>', 'files of events; - is standard input')
    .option('--all-log-sources', 'try every rule on every event, whatever their log sources', false)
    .addOption(targetOption())
    .addOption(pipelineOption())
    .addOption(formatOption('output', ['text', 'ndjson']))
    .addOption(configOption())
    .addOption(verboseOption())
    .action(async (paths: readonly string[], options: MatchOptions) => {
      const { match } = await import('./run.ts');
      process.exitCode = await match(paths, options);
    })
    .addHelpText(
      'after',
      commandHelp([
        'sigpack match rules --events events.json',
        'zcat log.json.gz | sigpack match rules --events - -f ndjson',
      ]),
    );
}
