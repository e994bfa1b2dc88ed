import type { Command } from 'commander';
import { commandHelp } from '../help-text.ts';
import { configOption, formatOption, outputPath, verboseOption } from '../options.ts';
import type { DiffOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('diff')
    .description('show what happened to each detection between two revisions, folders or artifacts')
    .argument(
      '[from]',
      'a git revision, a folder, an artifact or sigpack.lock (default: sigpack.lock)',
    )
    .argument('[to]', 'as <from> (default: the working tree)')
    .addOption(formatOption('diff', ['text', 'markdown', 'json']))
    .option('-o, --output <path>', 'file to write the diff to', outputPath)
    .addOption(configOption())
    .addOption(verboseOption('show long lists and whole queries'))
    .action(async (from: string | undefined, to: string | undefined, options: DiffOptions) => {
      const { diff } = await import('./run.ts');
      process.exitCode = await diff(from, to, options);
    })
    .addHelpText('after', commandHelp(['sigpack diff', 'sigpack diff v1.4.0 HEAD -f markdown']));
}
