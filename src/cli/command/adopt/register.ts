import type { Command } from 'commander';
import { commandHelp } from '../help-text.ts';
import { configOption, formatOption, pipelineOption, verboseOption } from '../options.ts';
import type { AdoptOptions } from './run.ts';

export function register(program: Command): void {
  program
    .command('adopt')
    .description(
      'give rules the names of the saved searches of a Splunk app, so that local settings go ' +
        'on working',
    )
    .argument('<path>', 'folder of an app, savedsearches.conf, or repository of contentctl')
    .option('--dry-run', 'write nothing', false)
    .addOption(configOption())
    .addOption(pipelineOption())
    .addOption(formatOption('output'))
    .addOption(verboseOption('show long lists whole'))
    .action(async (path: string, options: AdoptOptions) => {
      const { adopt } = await import('./run.ts');
      process.exitCode = await adopt(path, options);
    })
    .addHelpText(
      'after',
      commandHelp([
        'sigpack adopt /opt/splunk/etc/apps/old_app --dry-run',
        'sigpack adopt ../contentctl',
      ]),
    );
}
