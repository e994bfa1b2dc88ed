import { type Command, InvalidArgumentError, Option } from 'commander';
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
import type { DocsOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('docs')
    .description(
      'write a page for each rule, an index with the ATT&CK matrix, and a Navigator layer',
    )
    .addArgument(rulesArgument())
    .option(
      '-o, --output <folder>',
      "where the pages are written (default: site in the configuration's folder)",
      outputPath,
    )
    .addOption(
      new Option(
        '-t, --target <names>',
        'comma-separated targets of the queries (default: those of the configuration, else all)',
      ).argParser(commaSeparated()),
    )
    .option('--serve', 'show the pages on this machine and follow changes, until Ctrl+C')
    .addOption(
      new Option('--port <number>', 'port of --serve; 0: any that is free')
        .argParser(portNumber)
        .default(8080),
    )
    .option(
      '--playground <address>',
      'link the page of each rule to this playground, with the rule in it: a web address, or a ' +
        'path from the folder of the pages',
    )
    .addOption(pipelineOption())
    .addOption(formatOption('pages', ['markdown', 'html', 'md']).default('html'))
    .addOption(configOption())
    .addOption(verboseOption())
    .action(async (paths: readonly string[], options: DocsOptions) => {
      const { docs } = await import('./run.ts');
      process.exitCode = await docs(paths, options);
    })
    .addHelpText(
      'after',
      commandHelp(['sigpack docs --serve', 'sigpack docs rules -t splunk -f markdown -o pages']),
    );
}

function portNumber(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) < 65_536) return Number(value);
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
