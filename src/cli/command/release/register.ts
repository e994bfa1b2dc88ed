import { type Command, Option } from 'commander';
import { commandHelp } from '../help-text.ts';
import { configOption, verboseOption } from '../options.ts';
import type { ReleaseOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('release')
    .description('decide the version, and write lock, changelog and artifacts in one step')
    .addOption(
      new Option('--bump <part>', 'which part of the version to raise')
        .choices(['auto', 'patch', 'minor', 'major'])
        .default('auto'),
    )
    .option('--dry-run', 'show what would be released; write nothing', false)
    .option(
      '--rename',
      'name detections after their titles; local settings in Splunk belong to the old names',
      false,
    )
    .option(
      '--drop-retired',
      'leave out the disabled stanzas of detections that earlier releases retired',
      false,
    )
    .option(
      '--from-lock',
      'write only the artifacts of the version in sigpack.lock, as CI does on a tag',
      false,
    )
    .option(
      '--notes <file>',
      'with --from-lock: write the changelog of the version, as the text of a release',
    )
    .option('--sign [key]', 'sign with an ed25519 key: a PEM file, or SIGPACK_SIGNING_KEY')
    .addOption(configOption())
    .addOption(verboseOption())
    .action(async (options: ReleaseOptions) => {
      const { release } = await import('./run.ts');
      process.exitCode = await release(options);
    })
    .addHelpText(
      'after',
      commandHelp(
        ['sigpack release --dry-run', 'sigpack release --bump minor --sign key.pem'],
        [
          ['SIGPACK_SIGNING_KEY', 'ed25519 key (PEM) for --sign'],
          ['SOURCE_DATE_EPOCH', 'seconds; the date of the release'],
        ],
      ),
    );
}
