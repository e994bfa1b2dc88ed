import type { Command } from 'commander';
import type { InstallOptions } from '../../install/install-command.ts';
import { changingPlace, placeHelp } from '../place-options.ts';

export function register(program: Command): void {
  changingPlace(
    program
      .command('install')
      .description('install an artifact in Splunk, Graylog or Elasticsearch, or upgrade it')
      .usage('<artifact> --to <name> [options]')
      // --plan takes the word after it as its file, which the command itself reports
      .argument(
        '[artifact]',
        '.spl file, -graylog.json file, file of watches, or a folder with one of them',
      )
      .option('--adopt', 'take over objects that Sigpack did not install', false),
  )
    .action(async (artifact: string | undefined, options: InstallOptions) => {
      const { install } = await import('../../install/install-command.ts');
      process.exitCode = await install(artifact, options);
    })
    .addHelpText(
      'after',
      placeHelp([
        'sigpack install dist/packs --to lab --plan',
        'sigpack install dist/release/1.4.0 --to production --yes',
      ]),
    );
}
