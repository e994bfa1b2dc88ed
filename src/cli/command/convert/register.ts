import { type Command, Option } from 'commander';
import { commandHelp } from '../help-text.ts';
import {
  configOption,
  outputPath,
  pipelineOption,
  pluginOption,
  several,
  severalNames,
  verboseOption,
} from '../options.ts';
import type { ConvertOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('convert')
    .description('print the queries of rules in one or more targets')
    .argument('<rules...>', 'rule files and folders; - for standard input')
    .addOption(
      new Option(
        '-t, --target <names>',
        'comma-separated targets; `sigpack list targets` lists them',
      )
        .argParser(severalNames)
        .makeOptionMandatory(),
    )
    .addOption(pluginOption())
    .addOption(pipelineOption())
    .option('--without-pipeline', 'the same as -p none', false)
    .option('--filter <path>', 'file or folder with Sigma filters; may be repeated', several)
    .option('-f, --format <format>', 'format of the queries; `sigpack list formats` lists them')
    .option('--table', 'end Splunk queries with a table of the `fields` of the rule', false)
    .option(
      '-s, --skip-unsupported',
      'rules that a target refuses are warnings, and leave the exit code at 0',
      false,
    )
    .option(
      '-o, --output <path>',
      'a file, or with a slash at its end a folder with one file for each rule',
      outputPath,
    )
    .addOption(configOption())
    .addOption(verboseOption())
    .action(async (paths: readonly string[], options: ConvertOptions) => {
      const { convert } = await import('./run.ts');
      process.exitCode = await convert(paths, options);
    })
    .addHelpText(
      'after',
      commandHelp([
        'sigpack convert rules -t splunk -p splunk',
        'sigpack convert rules -t es-qs -p elastic -f kibana-ndjson -o queries.ndjson',
      ]),
    );
}
