import type { Command } from 'commander';
import type { UninstallOptions } from '../../install/install-command.ts';
import { atPlace, packArgument, placeHelp, placeOption, yesOption } from '../place-options.ts';

export function register(program: Command): void {
  atPlace(
    program
      .command('uninstall')
      .description('remove a pack from a server')
      .addArgument(packArgument())
      .addOption(placeOption())
      .addOption(yesOption()),
  )
    .action(async (artifact: string | undefined, options: UninstallOptions) => {
      const { uninstall } = await import('../../install/install-command.ts');
      process.exitCode = await uninstall(artifact, options);
    })
    .addHelpText(
      'after',
      placeHelp([
        'sigpack uninstall --to lab',
        'sigpack uninstall dist/packs/acme-1.4.0.spl --to lab --yes',
      ]),
    );
}
