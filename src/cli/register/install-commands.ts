import { type Command, Option } from 'commander';
import type { InstallOptions, UninstallOptions } from '../install/install-command.ts';
import type { StatusOptions } from '../install/status-command.ts';
import { configOption } from './options.ts';

/** The commands that ask or change a server: `install`, `rollback`, `status` and `uninstall`. */
export function addInstalls(program: Command): void {
  changing(
    program
      .command('install')
      .description('install an artifact in Splunk, Graylog or Elasticsearch, or upgrade it')
      .usage('<artifact> --to <name> [options]')
      // --plan takes the word behind it for its file: the command itself says so
      .argument(
        '[artifact]',
        '.spl file, -graylog.json file, file of watches, or a folder with one of them',
      )
      .option('--adopt', 'take over objects that Sigpack did not install', false),
  ).action(async (artifact: string | undefined, options: InstallOptions) => {
    const { install } = await import('../install/install-command.ts');
    process.exitCode = await install(artifact, options);
  });
  changing(
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
  ).action(async (artifact: string | undefined, options: InstallOptions) => {
    const { rollback } = await import('../install/install-command.ts');
    process.exitCode = await rollback(artifact, options);
  });
  atPlace(
    program
      .command('status')
      .description('show which versions are installed where, and what someone changed there')
      .argument('[artifact]', 'artifact of the pack, if it is not the pack of sigpack.yml')
      .option('--to <name>', 'one name under installs: (default: all)')
      .addOption(
        new Option('-f, --format <format>', 'format of the report')
          .choices(['text', 'json'])
          .default('text'),
      ),
  ).action(async (artifact: string | undefined, options: StatusOptions) => {
    const { status } = await import('../install/status-command.ts');
    process.exitCode = await status(artifact, options);
  });
  atPlace(
    program
      .command('uninstall')
      .description('remove a pack from a server')
      .argument('[artifact]', 'artifact of the pack, if it is not the pack of sigpack.yml')
      .requiredOption('--to <name>', 'name under installs: in sigpack.yml')
      .option('-y, --yes', 'do not ask for confirmation', false),
  ).action(async (artifact: string | undefined, options: UninstallOptions) => {
    const { uninstall } = await import('../install/install-command.ts');
    process.exitCode = await uninstall(artifact, options);
  });
}

const atPlace = (command: Command) =>
  command
    .option(
      '--ca-file <file>',
      'PEM file of the authority that signed the certificate of the server',
    )
    .addOption(configOption());

const changing = (command: Command) =>
  atPlace(command.requiredOption('--to <name>', 'name under installs: in sigpack.yml'))
    .option('--plan [file]', 'show what would change, and save it to a file; change nothing')
    .option(
      '--apply <file>',
      'carry out a plan that --plan saved; change nothing if the plan would differ now',
    )
    .option('-y, --yes', 'do not ask for confirmation', false)
    .addOption(
      new Option(
        '--drift <what>',
        'what to do with changes that someone made on the server',
      ).choices(['keep', 'overwrite']),
    )
    .addOption(
      new Option('-f, --format <format>', 'format of the report')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option(
      '--key <file>',
      'public key (PEM) that must verify the signature of the artifact (default: publicKey ' +
        'of the place)',
    )
    .option('-v, --verbose', 'show all of a long plan', false);
