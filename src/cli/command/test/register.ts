import { type Command, Option } from 'commander';
import { type TestFormat, testFormats } from '../../report/format-names.ts';
import { commandHelp } from '../help-text.ts';
import {
  configOption,
  formatOption,
  pipelineOption,
  severalNames,
  targetOption,
  verboseOption,
} from '../options.ts';
import type { TestOptions } from './run.ts';

/** `--reporter` is the older name of `--format`, and `tree` that of `text`. */
type Given = TestOptions & { readonly reporter?: TestFormat | 'tree' };

export function register(program: Command): void {
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
    .addOption(formatOption('report', testFormats))
    .addOption(new Option('--reporter <format>').choices(['tree', ...testFormats]).hideHelp())
    .option('--coverage', 'show rules without tests, and parts of rules that no test needs', false)
    .addOption(targetOption())
    .addOption(pipelineOption())
    .addOption(configOption())
    .addOption(verboseOption('show everything that is not covered'))
    .action(async (paths: readonly string[], { reporter, ...options }: Given) => {
      const { test } = await import('./run.ts');
      const format = reporter === 'tree' ? 'text' : (reporter ?? options.format);
      process.exitCode = await test(paths, { ...options, format });
    })
    .addHelpText(
      'after',
      commandHelp(['sigpack test', 'sigpack test rules --coverage -f junit > tests.xml']),
    );
}
