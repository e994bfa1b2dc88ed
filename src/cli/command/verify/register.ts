import type { Command } from 'commander';
import { commandHelp } from '../help-text.ts';
import type { VerifyOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('verify')
    .description('check the digests of artifacts, and their signature')
    .argument('<artifacts...>', 'artifacts, or folders with SHA256SUMS')
    .option('--key <file>', 'public ed25519 key (PEM) that must verify the signature of SHA256SUMS')
    .action(async (paths: readonly string[], options: VerifyOptions) => {
      const { verify } = await import('./run.ts');
      process.exitCode = await verify(paths, options);
    })
    .addHelpText(
      'after',
      commandHelp([
        'sigpack verify dist/release/1.4.0',
        'sigpack verify dist/release/1.4.0 --key sigpack.pub',
      ]),
    );
}
