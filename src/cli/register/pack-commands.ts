import { type Command, Option } from 'commander';
import { lintPresets } from '../../pack/config/lint-preset.ts';
import type { AdoptOptions } from '../command/adopt.ts';
import type { BuildOptions } from '../command/build.ts';
import type { InitCommandOptions } from '../command/init.ts';
import type { StatsOptions } from '../command/stats.ts';
import { reportFormats } from '../report/name.ts';
import {
  commaSeparated,
  configOption,
  fieldsOption,
  pipelineOption,
  wholeNumber,
} from './options.ts';

/**
 * The commands that compile rules into packs, and say how the packs would run: `build`, `check` and
 * `stats`.
 */
export function addBuilds(program: Command): void {
  withReport(
    program
      .command('build')
      .description('compile rules and write the packs')
      .argument('[rules...]', 'rule files and folders (default: those of the configuration)'),
  )
    .option(
      '-o, --output <folder>',
      "where the packs are written (default: dist/packs in the configuration's folder)",
    )
    .option('--frozen', 'write nothing if the build differs from sigpack.lock', false)
    .option(
      '--require-tests',
      'write nothing if a rule lacks a passing test that it matches, or one that it does not match',
      false,
    )
    .action(run(false));
  withReport(
    program
      .command('check')
      .description('compile rules, check them and report; write nothing')
      .argument('[rules...]', 'rule files and folders (default: those of the configuration)'),
  )
    .addOption(
      new Option(
        '--preset <name>',
        'checks of rules, in place of lint.preset of the configuration',
      ).choices(lintPresets),
    )
    .action(run(true));
  program
    .command('stats')
    .description('show on which minutes of the hour the scheduled searches start')
    .argument('[rules...]', 'rule files and folders (default: those of the configuration)')
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
      new Option('-f, --format <format>', 'format of the output')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(async (paths: readonly string[], options: StatsOptions) => {
      const { stats } = await import('../command/stats.ts');
      process.exitCode = await stats(paths, options);
    });
}

const withReport = (command: Command) =>
  command
    .addOption(
      new Option('-f, --format <format>', 'format of the report')
        .choices(reportFormats)
        .default('text'),
    )
    .addOption(
      new Option(
        '--fail-on <severity>',
        'lowest severity that makes the exit code 1 (default: that of the configuration, or error)',
      ).choices(['error', 'warning', 'never']),
    )
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .addOption(configOption())
    .addOption(pipelineOption())
    .addOption(
      new Option(
        '-t, --target <names>',
        'comma-separated: splunk, graylog (default: those of the configuration)',
      ).argParser(commaSeparated(['splunk', 'graylog'])),
    );

const run = (dryRun: boolean) => async (paths: readonly string[], options: BuildOptions) => {
  const { build } = await import('../command/build.ts');
  process.exitCode = await build(paths, { ...options, dryRun });
};

/** The commands that begin a project: `init` and `adopt`. */
export function addBeginnings(program: Command): void {
  program
    .command('init')
    .description(
      'ask which products the rules are for, write sigpack.yml, a starter rule, package.json ' +
        'and CI files, and build the packs',
    )
    .argument('[folder]', 'folder of the project', '.')
    .option('--id <id>', 'id of the packs')
    .option('--title <title>', 'title of the packs')
    .option('--author <author>', 'author of the packs')
    .option(
      '--package <spec>',
      'how package.json names Sigpack, such as file:vendor/sigpack.tgz (default: the version ' +
        'that runs)',
    )
    .addOption(fieldsOption('splunk', 'Splunk', 'splunk'))
    .option('--splunk-index <names>', 'comma-separated indexes that hold the events; * for all')
    .addOption(
      new Option(
        '--enterprise-security <answer>',
        'yes or no: whether Splunk has it (default: no)',
      ),
    )
    .addOption(fieldsOption('graylog', 'Graylog', 'graylog'))
    .option(
      '--graylog-streams <titles>',
      'comma-separated titles of the streams that hold the events; all for all',
    )
    .addOption(fieldsOption('elasticsearch', 'Elasticsearch', 'es-qs'))
    .option(
      '--elasticsearch-index <patterns>',
      'comma-separated patterns of the indexes that hold the events',
    )
    .option('--no-build', 'do not build the packs')
    .option('--force', 'replace files that exist', false)
    .action(async (folder: string, options: InitCommandOptions) => {
      const { init } = await import('../command/init.ts');
      process.exitCode = await init(folder, options);
    });
  program
    .command('adopt')
    .description(
      'give rules the names of the saved searches of a Splunk app, so that local settings go ' +
        'on working',
    )
    .argument('<path>', 'folder of an app, savedsearches.conf, or repository of contentctl')
    .option('--dry-run', 'write nothing', false)
    .addOption(configOption())
    .addOption(pipelineOption())
    .addOption(
      new Option('-f, --format <format>', 'format of the output')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('-v, --verbose', 'show long lists whole', false)
    .action(async (path: string, options: AdoptOptions) => {
      const { adopt } = await import('../command/adopt.ts');
      process.exitCode = await adopt(path, options);
    });
}
