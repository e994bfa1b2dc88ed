import { Command, Help } from 'commander';
import { toolVersion } from '../process/package-root.ts';
import { visibleLines } from '../terminal/guarded.ts';
import * as adopt from './adopt/register.ts';
import * as build from './build/register.ts';
import * as check from './check/register.ts';
import * as completion from './completion/register.ts';
import * as convert from './convert/register.ts';
import * as diff from './diff/register.ts';
import * as docs from './docs/register.ts';
import * as explain from './explain/register.ts';
import { programHelp } from './help-text.ts';
import * as hunt from './hunt/register.ts';
import * as init from './init/register.ts';
import * as install from './install/register.ts';
import * as list from './list/register.ts';
import * as lsp from './lsp/register.ts';
import * as match from './match/register.ts';
import * as playground from './playground/register.ts';
import * as release from './release/register.ts';
import * as rollback from './rollback/register.ts';
import * as stats from './stats/register.ts';
import * as status from './status/register.ts';
import * as test from './test/register.ts';
import * as uninstall from './uninstall/register.ts';
import { usageText } from './usage-text.ts';
import * as verify from './verify/register.ts';

/** In the order of `sigpack --help`. */
const commands = [
  build,
  check,
  stats,
  init,
  adopt,
  convert,
  explain,
  hunt,
  match,
  diff,
  release,
  verify,
  install,
  rollback,
  status,
  uninstall,
  test,
  docs,
  list,
  lsp,
  playground,
  completion,
];

/**
 * The command line with all commands. A command loads its `run.ts` when it runs, so that `--help`
 * answers at once.
 */
export function createProgram(): Command {
  const program = new Command('sigpack')
    .description('Compiles Sigma detection rules into a Splunk app and a Graylog content pack.')
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .showHelpAfterError('(sigpack --help lists the commands)')
    .configureOutput({ outputError: (text, write) => write(visibleLines(usageText(text))) })
    // an option without a value is off by default
    .configureHelp({
      optionDescription: (option) =>
        new Help().optionDescription(option).replace(/ ?\(default: false\)$/, ''),
    })
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', programHelp);
  for (const { register } of commands) register(program);
  for (const command of program.commands)
    command.showHelpAfterError(`(sigpack ${command.name()} --help lists its options)`);
  return program;
}
