import type { Command } from 'commander';
import { commandHelp } from '../help-text.ts';
import {
  configOption,
  namedRulesArgument,
  pipelineOption,
  pluginOption,
  verboseOption,
} from '../options.ts';
import type { ExplainOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('explain')
    .description(
      'show what each item of the pipelines does to a rule, and its query; or why the rule ' +
        'matches an event',
    )
    .addArgument(namedRulesArgument())
    .option('-t, --target <name>', 'one target; `sigpack list targets` lists them')
    .option(
      '--event <file>',
      'file of events: show which parts of the condition hold for each; - is standard input',
    )
    .addOption(pipelineOption())
    .addOption(pluginOption())
    .addOption(configOption())
    .addOption(verboseOption('also show the items that change nothing'))
    .action(async (paths: readonly string[], options: ExplainOptions) => {
      const { explain } = await import('./run.ts');
      process.exitCode = await explain(paths, options);
    })
    .addHelpText(
      'after',
      commandHelp([
        'sigpack explain rules/rule.yml -t splunk',
        'sigpack explain rules/rule.yml --event events.json',
      ]),
    );
}
