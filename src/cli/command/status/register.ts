import type { Command } from 'commander';
import type { StatusOptions } from '../../install/status-command.ts';
import { formatOption } from '../options.ts';
import { atPlace, packArgument, placeHelp } from '../place-options.ts';

export function register(program: Command): void {
  atPlace(
    program
      .command('status')
      .description('show which versions are installed where, and what someone changed there')
      .addArgument(packArgument())
      .option('--to <name>', 'one name under installs: (default: all)')
      .addOption(formatOption('report')),
  )
    .action(async (artifact: string | undefined, options: StatusOptions) => {
      const { status } = await import('../../install/status-command.ts');
      process.exitCode = await status(artifact, options);
    })
    .addHelpText('after', placeHelp(['sigpack status', 'sigpack status --to lab -f json']));
}
