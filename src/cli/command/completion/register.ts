import { Argument, type Command } from 'commander';
import { commandHelp } from '../help-text.ts';
import { type Shell, shells } from './shells.ts';

export function register(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands in a shell')
    .addArgument(new Argument('<shell>', 'shell').choices(shells))
    .action(async (shell: Shell) => {
      const { completionScripts } = await import('./scripts.ts');
      process.stdout.write(completionScripts[shell]);
    })
    .addHelpText(
      'after',
      commandHelp([
        'source <(sigpack completion bash)',
        'sigpack completion fish > ~/.config/fish/completions/sigpack.fish',
      ]),
    );
}
