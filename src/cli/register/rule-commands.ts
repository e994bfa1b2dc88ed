import { type Command, Option } from 'commander';
import type { ConvertOptions } from '../command/convert.ts';
import type { DocsOptions } from '../command/docs.ts';
import type { TestOptions } from '../command/test.ts';
import { type TestFormat, testFormats } from '../report/test-name.ts';
import {
  commaSeparated,
  configOption,
  pipelineOption,
  pluginOption,
  several,
  severalNames,
} from './options.ts';

/** `convert`: the queries of rules. */
export function addConversion(program: Command): void {
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
    )
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (paths: readonly string[], options: ConvertOptions) => {
      const { convert } = await import('../command/convert.ts');
      process.exitCode = await convert(paths, options);
    });
}

/** The commands that try rules and describe them: `test` and `docs`. */
export function addTrials(program: Command): void {
  program
    .command('test')
    .description('run the tests beside rules')
    .argument('[paths...]', 'test files, rules and folders (default: those of the configuration)')
    .addOption(
      new Option(
        '--rules <paths>',
        'comma-separated rule files and folders, if they are not among the paths',
      ).argParser(severalNames),
    )
    .option('--watch', 'run the tests again that a change affects, until Ctrl+C', false)
    .addOption(
      new Option('-f, --format <format>', 'format of the report')
        .choices(testFormats)
        .default('text'),
    )
    // the older name
    .addOption(new Option('--reporter <format>').choices(['tree', ...testFormats]).hideHelp())
    .option('--coverage', 'show rules without tests, and parts of rules that no test needs', false)
    .option('-t, --target <name>', 'apply the pipelines of this target to the rules first')
    .addOption(pipelineOption())
    .addOption(configOption())
    .option('-v, --verbose', 'show everything that is not covered', false)
    .action(
      async (
        paths: readonly string[],
        { reporter, ...options }: TestOptions & { readonly reporter?: TestFormat | 'tree' },
      ) => {
        const { test } = await import('../command/test.ts');
        process.exitCode = await test(paths, {
          ...options,
          format: reporter === 'tree' ? 'text' : (reporter ?? options.format),
        });
      },
    );
  program
    .command('docs')
    .description(
      'write a page for each rule, an index with the ATT&CK matrix, and a Navigator layer',
    )
    .argument('[rules...]', 'rule files and folders (default: those of the configuration)')
    .option(
      '-o, --output <folder>',
      "where the pages are written (default: site in the configuration's folder)",
    )
    .addOption(
      new Option(
        '-t, --target <names>',
        'comma-separated targets of the queries (default: all)',
      ).argParser(commaSeparated()),
    )
    .addOption(pipelineOption())
    .addOption(
      new Option('-f, --format <format>', 'format of the pages')
        .choices(['markdown', 'html', 'md'])
        .default('html'),
    )
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (paths: readonly string[], options: DocsOptions) => {
      const { docs } = await import('../command/docs.ts');
      process.exitCode = await docs(paths, options);
    });
}
