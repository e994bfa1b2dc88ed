import { type Command, Option } from 'commander';
import type { ExplainOptions } from '../command/explain.ts';
import type { MatchOptions } from '../command/match.ts';
import { configOption, pipelineOption, pluginOption } from './options.ts';

/** The commands that ask rules: `explain` and `match`. */
export function addRuleQuestions(program: Command): void {
  program
    .command('explain')
    .description(
      'show what each item of the pipelines does to a rule, and its query; or why the rule ' +
        'matches an event',
    )
    .argument('<rules...>', 'rule files and folders')
    .option('-t, --target <name>', 'one target; `sigpack list targets` lists them')
    .option(
      '--event <file>',
      'file of events: show which parts of the condition hold for each; - is standard input',
    )
    .addOption(pipelineOption())
    .addOption(pluginOption())
    .addOption(configOption())
    .option('-v, --verbose', 'also show the items that change nothing', false)
    .action(async (paths: readonly string[], options: ExplainOptions) => {
      const { explain } = await import('../command/explain.ts');
      process.exitCode = await explain(paths, options);
    });
  program
    .command('match')
    .description('find the rules that match each event of a stream')
    .argument('<rules...>', 'rule files and folders')
    .requiredOption('--events <files...>', 'files of events; - is standard input')
    .option('--all-log-sources', 'try every rule on every event, whatever their log sources', false)
    .option('-t, --target <name>', 'apply the pipelines of this target to the rules first')
    .addOption(pipelineOption())
    .addOption(
      new Option('-f, --format <format>', 'format of the output')
        .choices(['text', 'ndjson'])
        .default('text'),
    )
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (paths: readonly string[], options: MatchOptions) => {
      const { match } = await import('../command/match.ts');
      process.exitCode = await match(paths, options);
    });
}
