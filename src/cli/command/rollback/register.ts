import type { Command } from 'commander';
import type { InstallOptions } from '../../install/install-command.ts';
import { changingPlace, placeHelp } from '../place-options.ts';

export function register(program: Command): void {
  changingPlace(
    program
      .command('rollback')
      .description('return to the version that was installed before')
      .usage('[artifact] --to <name> [options]')
      .argument(
        '[artifact]',
        'artifact of the version to return to, where the place has a public key; otherwise ' +
          'any artifact of the pack, if it is not the pack of sigpack.yml',
      )
      .option('--adopt', 'return to objects that were taken over, which are not signed', false),
  )
    .action(async (artifact: string | undefined, options: InstallOptions) => {
      const { rollback } = await import('../../install/install-command.ts');
      process.exitCode = await rollback(artifact, options);
    })
    .addHelpText(
      'after',
      placeHelp(['sigpack rollback --to lab --plan', 'sigpack rollback --to lab']),
    );
}
