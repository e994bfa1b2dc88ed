import { type Command, Option } from 'commander';
import { commandHelp } from '../help-text.ts';
import { configOption } from '../options.ts';

export interface LspOptions {
  readonly config?: string;
}

export function register(program: Command): void {
  program
    .command('lsp')
    .description('language server for editors, over standard input and output')
    .addOption(configOption())
    // what editors add of themselves
    .addOption(new Option('--stdio').hideHelp())
    .action(async (options: LspOptions) => {
      const { lsp } = await import('./run.ts');
      process.exitCode = await lsp(options);
    })
    .addHelpText('after', commandHelp(['sigpack lsp', 'sigpack lsp -c detections/sigpack.yml']));
}
