import { type Command, Option } from 'commander';
import { lintPresets } from '../../../pack/config/lint-preset.ts';
import { runBuild, withReport } from '../build/register.ts';
import type { BuildOptions } from '../build/run.ts';
import { commandHelp } from '../help-text.ts';

/** `check` is a build that writes nothing and asks more of each rule. */
export function register(program: Command): void {
  withReport(program.command('check'))
    .description('compile rules, check them and report; write nothing')
    .addOption(
      new Option(
        '--preset <name>',
        'checks of rules, in place of lint.preset of the configuration',
      ).choices(lintPresets),
    )
    .action((paths: readonly string[], options: BuildOptions) => runBuild(paths, options, true))
    .addHelpText(
      'after',
      commandHelp(['sigpack check', 'sigpack check rules -f sarif > sigpack.sarif']),
    );
}
