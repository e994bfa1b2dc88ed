import type { Command } from 'commander';
import { commandHelp } from '../help-text.ts';
import { configOption, outputPath } from '../options.ts';

export interface PlaygroundOptions {
  readonly output: string;
  readonly config?: string;
}

export function register(program: Command): void {
  program
    .command('playground')
    .description('write a page that compiles rules and matches events in a browser, offline')
    .option('-o, --output <file>', 'the HTML file', outputPath, 'playground.html')
    .addOption(configOption())
    .action(async (options: PlaygroundOptions) => {
      const { playground } = await import('./run.ts');
      process.exitCode = await playground(options);
    })
    .addHelpText(
      'after',
      commandHelp(['sigpack playground', 'sigpack playground -o docs/playground.html']),
    );
}
