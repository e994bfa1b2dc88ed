import { type Command, Option } from 'commander';
import { reportFormats } from '../../report/format-names.ts';
import { commandHelp } from '../help-text.ts';
import {
  commaSeparated,
  configOption,
  formatOption,
  outputPath,
  pipelineOption,
  rulesArgument,
  verboseOption,
} from '../options.ts';
import type { BuildOptions } from './run.ts';

export function register(program: Command): void {
  withReport(program.command('build'))
    .description('compile rules and write the packs')
    .option(
      '-o, --output <folder>',
      "where the packs are written (default: dist/packs in the configuration's folder)",
      outputPath,
    )
    .option('--frozen', 'write nothing if the build differs from sigpack.lock', false)
    .option(
      '--require-tests',
      'write nothing if a rule lacks a passing test that it matches, or one that it does not match',
      false,
    )
    .action((paths: readonly string[], options: BuildOptions) => runBuild(paths, options, false))
    .addHelpText(
      'after',
      commandHelp(['sigpack build', 'sigpack build rules -p splunk,graylog -o dist/packs']),
    );
}

/** The arguments and options that `build` and `check` share. */
export const withReport = (command: Command): Command =>
  command
    .addArgument(rulesArgument())
    .addOption(formatOption('report', reportFormats))
    .addOption(
      new Option(
        '--fail-on <severity>',
        'lowest severity that makes the exit code 1 (default: that of the configuration, or error)',
      ).choices(['error', 'warning', 'never']),
    )
    .addOption(verboseOption())
    .addOption(configOption())
    .addOption(pipelineOption())
    .addOption(
      new Option(
        '-t, --target <names>',
        'comma-separated: splunk, graylog (default: those of the configuration)',
      ).argParser(commaSeparated(['splunk', 'graylog'])),
    );

/** `build`; with `dryRun`, `check`. */
export async function runBuild(
  paths: readonly string[],
  options: BuildOptions,
  dryRun: boolean,
): Promise<void> {
  const { build } = await import('./run.ts');
  process.exitCode = await build(paths, { ...options, dryRun });
}
