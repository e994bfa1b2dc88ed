import { Argument, type Command, Option } from 'commander';
import { commandHelp } from './help-text.ts';
import { configOption, formatOption, verboseOption } from './options.ts';

/** The options of all commands that read or change a place under `installs:`. */
export const atPlace = (command: Command): Command =>
  command
    .option(
      '--ca-file <file>',
      'PEM file of the authority that signed the certificate of the server',
    )
    .addOption(configOption());

/** The options that `install` and `rollback` share. */
export const changingPlace = (command: Command): Command =>
  atPlace(command.addOption(placeOption()))
    .option('--plan [file]', 'show what would change, and save it to a file; change nothing')
    .option('--exit-code', 'with --plan, exit with 1 if something would change')
    .option(
      '--apply <file>',
      'carry out a plan that --plan saved; change nothing if the plan would differ now',
    )
    .addOption(yesOption())
    .addOption(
      new Option(
        '--drift <what>',
        'what to do with changes that someone made on the server',
      ).choices(['keep', 'overwrite']),
    )
    .addOption(formatOption('report'))
    .option(
      '--key <file>',
      'public key (PEM) that must verify the signature of the artifact (default: publicKey ' +
        'of the place)',
    )
    .addOption(verboseOption('show all of a long plan'));

/** The artifact that names a pack. */
export const packArgument = (): Argument =>
  new Argument('[artifact]', 'artifact of the pack, if it is not the pack of sigpack.yml');

export const placeOption = (): Option =>
  new Option('--to <name>', 'name under installs: in sigpack.yml').makeOptionMandatory();

export const yesOption = (): Option =>
  new Option('-y, --yes', 'do not ask for confirmation').default(false);

export const placeHelp = (examples: readonly [string, string]): ReturnType<typeof commandHelp> =>
  commandHelp(examples, [
    ['SIGPACK_SECRET_<NAME>', 'token of a place under installs:'],
    ['SIGPACK_PASSWORD_<NAME>', 'password of a place'],
    ['HTTPS_PROXY, NO_PROXY', 'proxy of the network, and hosts without it'],
  ]);
