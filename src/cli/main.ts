#!/usr/bin/env node
import module from 'node:module';
import { Command, CommanderError, Help, Option } from 'commander';
import { lintPresets } from '../pack/lint-preset.ts';
import type { AdoptOptions } from './adopt-command.ts';
import type { BuildOptions } from './build.ts';
import { commaSeparated, configOption, fieldsOption, pipelineOption, pluginOption, wholeNumber } from './command-options.ts';
import type { ConvertOptions } from './convert.ts';
import type { DiffOptions } from './diff-command.ts';
import type { DocsOptions } from './docs-command.ts';
import { exitCodes, UsageError } from './exit-code.ts';
import { guardTerminal, visibleLines } from './guarded-terminal.ts';
import { helpText } from './help-text.ts';
import type { InitCommandOptions } from './init-command.ts';
import type { InstallOptions, UninstallOptions } from './install/install-command.ts';
import type { StatusOptions } from './install/status-command.ts';
import { addLists } from './list-commands.ts';
import { toolVersion } from './package-root.ts';
import { addRuleQuestions } from './question-commands.ts';
import type { ReleaseOptions } from './release-command.ts';
import { reportFormats } from './report/name.ts';
import { type TestFormat, testFormats } from './report/test-name.ts';
import { sigmaCliArguments } from './sigma-cli.ts';
import type { StatsOptions } from './stats.ts';
import { eraseStatusLine } from './terminal.ts';
import type { TestOptions } from './test-command.ts';
import { unexpected } from './unexpected.ts';
import { usageText } from './usage-text.ts';
import type { VerifyOptions } from './verify-command.ts';

// the bytecode of our modules is kept between runs, where Node has that
module.enableCompileCache?.();

// the modules of a command are loaded when it runs: `--help` answers at once
function createProgram(): Command {
  const program = new Command('sigpack')
    .description('Compiles Sigma detection rules into a Splunk app and a Graylog content pack.')
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .showHelpAfterError('(sigpack --help lists the commands)')
    .configureOutput({ outputError: (text, write) => write(visibleLines(usageText(text))) })
    // a switch is off until it is given
    .configureHelp({ optionDescription: (option) => new Help().optionDescription(option).replace(/ ?\(default: false\)$/, '') })
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', helpText());
  const withReport = (command: Command) =>
    command
      .addOption(new Option('-f, --format <format>', 'format of the report').choices(reportFormats).default('text'))
      .addOption(
        new Option('--fail-on <severity>', 'lowest severity that makes the exit code 1 (default: that of the configuration, or error)').choices([
          'error',
          'warning',
          'never',
        ]),
      )
      .option('-v, --verbose', 'show every diagnostic, notes included', false)
      .addOption(configOption())
      .addOption(pipelineOption())
      .addOption(
        new Option('-t, --target <names>', 'comma-separated: splunk, graylog (default: those of the configuration)').argParser(
          commaSeparated(['splunk', 'graylog']),
        ),
      );
  const run = (dryRun: boolean) => async (paths: readonly string[], options: BuildOptions) => {
    const { build } = await import('./build.ts');
    process.exitCode = await build(paths, { ...options, dryRun });
  };

  withReport(
    program
      .command('build')
      .description('compile rules and write the packs')
      .argument('[rules...]', 'rule files and folders (default: those of the configuration)'),
  )
    .option('-o, --output <folder>', "where the packs are written (default: dist/packs in the configuration's folder)")
    .option('--frozen', 'write nothing if the build differs from sigpack.lock', false)
    .option('--require-tests', 'write nothing if a rule lacks a passing test that it matches, or one that it does not match', false)
    .action(run(false));
  withReport(
    program
      .command('check')
      .description('compile rules, check them and report; write nothing')
      .argument('[rules...]', 'rule files and folders (default: those of the configuration)'),
  )
    .addOption(new Option('--preset <name>', 'checks of rules, in place of lint.preset of the configuration').choices(lintPresets))
    .action(run(true));
  program
    .command('stats')
    .description('show on which minutes of the hour the scheduled searches start')
    .argument('[rules...]', 'rule files and folders (default: those of the configuration)')
    .addOption(configOption())
    .addOption(pipelineOption())
    .option('--all', 'count disabled detections too', false)
    .addOption(new Option('--budget <searches>', 'searches per minute; more than that makes the exit code 1').argParser(wholeNumber))
    .addOption(new Option('-f, --format <format>', 'format of the output').choices(['text', 'json']).default('text'))
    .action(async (paths: readonly string[], options: StatsOptions) => {
      const { stats } = await import('./stats.ts');
      process.exitCode = await stats(paths, options);
    });
  program
    .command('init')
    .description('ask which products the rules are for, write sigpack.yml, a starter rule, package.json and CI files, and build the packs')
    .argument('[folder]', 'folder of the project', '.')
    .option('--id <id>', 'id of the packs')
    .option('--title <title>', 'title of the packs')
    .option('--author <author>', 'author of the packs')
    .option('--package <spec>', 'how package.json names Sigpack, such as file:vendor/sigpack.tgz (default: the version that runs)')
    .addOption(fieldsOption('splunk', 'Splunk', 'splunk'))
    .option('--splunk-index <names>', 'comma-separated indexes that hold the events; * for all')
    .addOption(new Option('--enterprise-security <answer>', 'yes or no: whether Splunk has it (default: no)'))
    .addOption(fieldsOption('graylog', 'Graylog', 'graylog'))
    .option('--graylog-streams <titles>', 'comma-separated titles of the streams that hold the events; all for all')
    .addOption(fieldsOption('elasticsearch', 'Elasticsearch', 'es-qs'))
    .option('--elasticsearch-index <patterns>', 'comma-separated patterns of the indexes that hold the events')
    .option('--no-build', 'do not build the packs')
    .option('--force', 'replace files that exist', false)
    .action(async (folder: string, options: InitCommandOptions) => {
      const { init } = await import('./init-command.ts');
      process.exitCode = await init(folder, options);
    });
  program
    .command('adopt')
    .description('give rules the names of the saved searches of a Splunk app, so that local settings go on working')
    .argument('<path>', 'folder of an app, savedsearches.conf, or repository of contentctl')
    .option('--dry-run', 'write nothing', false)
    .addOption(configOption())
    .addOption(pipelineOption())
    .addOption(new Option('-f, --format <format>', 'format of the output').choices(['text', 'json']).default('text'))
    .option('-v, --verbose', 'show long lists whole', false)
    .action(async (path: string, options: AdoptOptions) => {
      const { adopt } = await import('./adopt-command.ts');
      process.exitCode = await adopt(path, options);
    });
  program
    .command('convert')
    .description('print the queries of rules in one or more targets')
    .argument('<rules...>', 'rule files and folders; - for standard input')
    .addOption(
      new Option('-t, --target <names>', 'comma-separated targets; `sigpack list targets` lists them')
        .argParser((value: string, before: readonly string[] = []) => [...before, ...commaSeparated()(value)])
        .makeOptionMandatory(),
    )
    .addOption(pluginOption())
    .addOption(pipelineOption())
    .option('--without-pipeline', 'the same as -p none', false)
    .option('--filter <path>', 'file or folder with Sigma filters; may be repeated', (value: string, before: readonly string[] = []) => [...before, value])
    .option('-f, --format <format>', 'format of the queries; `sigpack list formats` lists them')
    .option('--table', 'end Splunk queries with a table of the `fields` of the rule', false)
    .option('-s, --skip-unsupported', 'rules that a target refuses are warnings, and leave the exit code at 0', false)
    .option('-o, --output <path>', 'a file, or with a slash at its end a folder with one file for each rule')
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (paths: readonly string[], options: ConvertOptions) => {
      const { convert } = await import('./convert.ts');
      process.exitCode = await convert(paths, options);
    });
  addRuleQuestions(program);
  program
    .command('diff')
    .description('show what happened to each detection between two revisions, folders or artifacts')
    .argument('[from]', 'a git revision, a folder, an artifact or sigpack.lock (default: sigpack.lock)')
    .argument('[to]', 'as <from> (default: the working tree)')
    .addOption(new Option('-f, --format <format>', 'format of the diff').choices(['text', 'markdown', 'json']).default('text'))
    .option('-o, --output <path>', 'file to write the diff to')
    .addOption(configOption())
    .option('-v, --verbose', 'show long lists and whole queries', false)
    .action(async (from: string | undefined, to: string | undefined, options: DiffOptions) => {
      const { diff } = await import('./diff-command.ts');
      process.exitCode = await diff(from, to, options);
    });
  program
    .command('release')
    .description('decide the version, and write lock, changelog and artifacts in one step')
    .addOption(new Option('--bump <part>', 'which part of the version to raise').choices(['auto', 'patch', 'minor', 'major']).default('auto'))
    .option('--dry-run', 'show what would be released; write nothing', false)
    .option('--rename', 'name detections after their titles; local settings in Splunk belong to the old names', false)
    .option('--drop-retired', 'leave out the disabled stanzas of detections that earlier releases retired', false)
    .option('--from-lock', 'write only the artifacts of the version in sigpack.lock, as CI does on a tag', false)
    .option('--notes <file>', 'with --from-lock: write the changelog of the version, as the text of a release')
    .option('--sign [key]', 'sign with an ed25519 key: a PEM file, or SIGPACK_SIGNING_KEY')
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (options: ReleaseOptions) => {
      const { release } = await import('./release-command.ts');
      process.exitCode = await release(options);
    });
  program
    .command('verify')
    .description('check the digests of artifacts, and their signature')
    .argument('<artifacts...>', 'artifacts, or folders with SHA256SUMS')
    .option('--key <file>', 'public ed25519 key (PEM) that must verify the signature of SHA256SUMS')
    .action(async (paths: readonly string[], options: VerifyOptions) => {
      const { verify } = await import('./verify-command.ts');
      process.exitCode = await verify(paths, options);
    });
  const atPlace = (command: Command) =>
    command.option('--ca-file <file>', 'PEM file of the authority that signed the certificate of the server').addOption(configOption());
  const changing = (command: Command) =>
    atPlace(command.requiredOption('--to <name>', 'name under installs: in sigpack.yml'))
      .option('--plan [file]', 'show what would change, and save it to a file; change nothing')
      .option('--apply <file>', 'carry out a plan that --plan saved; change nothing if the plan would differ now')
      .option('-y, --yes', 'do not ask for confirmation', false)
      .addOption(new Option('--drift <what>', 'what to do with changes that someone made on the server').choices(['keep', 'overwrite']))
      .addOption(new Option('-f, --format <format>', 'format of the report').choices(['text', 'json']).default('text'))
      .option('--key <file>', 'public key (PEM) that must verify the signature of the artifact (default: publicKey of the place)')
      .option('-v, --verbose', 'show all of a long plan', false);
  changing(
    program
      .command('install')
      .description('install an artifact in Splunk, Graylog or Elasticsearch, or upgrade it')
      .usage('<artifact> --to <name> [options]')
      // --plan takes the word behind it for its file: the command itself says so
      .argument('[artifact]', '.spl file, -graylog.json file, file of watches, or a folder with one of them')
      .option('--adopt', 'take over objects that Sigpack did not install', false),
  ).action(async (artifact: string | undefined, options: InstallOptions) => {
    const { install } = await import('./install/install-command.ts');
    process.exitCode = await install(artifact, options);
  });
  changing(
    program
      .command('rollback')
      .description('return to the version that was installed before')
      .usage('[artifact] --to <name> [options]')
      .argument(
        '[artifact]',
        'artifact of the version to return to, where the place has a public key; otherwise any artifact of the pack, if it is not the pack of sigpack.yml',
      )
      .option('--adopt', 'return to objects that were taken over, which are not signed', false),
  ).action(async (artifact: string | undefined, options: InstallOptions) => {
    const { rollback } = await import('./install/install-command.ts');
    process.exitCode = await rollback(artifact, options);
  });
  atPlace(
    program
      .command('status')
      .description('show which versions are installed where, and what someone changed there')
      .argument('[artifact]', 'artifact of the pack, if it is not the pack of sigpack.yml')
      .option('--to <name>', 'one name under installs: (default: all)')
      .addOption(new Option('-f, --format <format>', 'format of the report').choices(['text', 'json']).default('text')),
  ).action(async (artifact: string | undefined, options: StatusOptions) => {
    const { status } = await import('./install/status-command.ts');
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
    const { uninstall } = await import('./install/install-command.ts');
    process.exitCode = await uninstall(artifact, options);
  });
  program
    .command('test')
    .description('run the tests beside rules')
    .argument('[paths...]', 'test files, rules and folders (default: those of the configuration)')
    .addOption(
      new Option('--rules <paths>', 'comma-separated rule files and folders, if they are not among the paths').argParser(
        (value: string, before: readonly string[] = []) => [...before, ...commaSeparated()(value)],
      ),
    )
    .option('--watch', 'run the tests again that a change affects, until Ctrl+C', false)
    .addOption(new Option('-f, --format <format>', 'format of the report').choices(testFormats).default('text'))
    // the older name
    .addOption(new Option('--reporter <format>').choices(['tree', ...testFormats]).hideHelp())
    .option('--coverage', 'show rules without tests, and parts of rules that no test needs', false)
    .option('-t, --target <name>', 'apply the pipelines of this target to the rules first')
    .addOption(pipelineOption())
    .addOption(configOption())
    .option('-v, --verbose', 'show everything that is not covered', false)
    .action(async (paths: readonly string[], { reporter, ...options }: TestOptions & { readonly reporter?: TestFormat | 'tree' }) => {
      const { test } = await import('./test-command.ts');
      process.exitCode = await test(paths, { ...options, format: reporter === 'tree' ? 'text' : (reporter ?? options.format) });
    });
  program
    .command('docs')
    .description('write a page for each rule, an index with the ATT&CK matrix, and a Navigator layer')
    .argument('[rules...]', 'rule files and folders (default: those of the configuration)')
    .option('-o, --output <folder>', "where the pages are written (default: site in the configuration's folder)")
    .addOption(new Option('-t, --target <names>', 'comma-separated targets of the queries (default: all)').argParser(commaSeparated()))
    .addOption(pipelineOption())
    .addOption(new Option('-f, --format <format>', 'format of the pages').choices(['markdown', 'html', 'md']).default('html'))
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (paths: readonly string[], options: DocsOptions) => {
      const { docs } = await import('./docs-command.ts');
      process.exitCode = await docs(paths, options);
    });
  addLists(program);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`(sigpack ${command.name()} --help lists its options)`).addHelpText('after', helpText(command));
  return program;
}

async function run(program: Command, command: string | undefined, rest: readonly string[]): Promise<void> {
  const { args, refused } = command === 'convert' ? sigmaCliArguments(rest) : { args: rest };
  if (refused !== undefined) program.error(`error: unknown option '${refused}'`);
  await program.parseAsync([...(command === undefined ? [] : [command]), ...args], { from: 'user' });
}

for (const stream of [process.stdout, process.stderr]) {
  guardTerminal(stream, { wraps: stream === process.stderr });
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // a reader such as `head` that has seen enough is no reason to stop
    if (error.code !== 'EPIPE') process.exit(exitCodes.internal);
  });
}

try {
  const program = createProgram();
  const [command, ...rest] = process.argv.slice(2);
  // what the scripts ask: nothing of it is for the command line's own reader
  if (command === 'completion' && rest[0] === 'words') {
    const { completionWords } = await import('./completion.ts');
    const found = await completionWords(rest.slice(1), program);
    process.stdout.write(found.map((word) => `${word}\n`).join(''));
  } else await run(program, command, rest);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  else if (error instanceof UsageError) {
    process.stderr.write(`sigpack: ${visibleLines(error.message)}\n`);
    process.exitCode = exitCodes.usage;
  } else {
    process.stderr.write(`sigpack: ${visibleLines(unexpected(error))}\n`);
    process.exitCode = exitCodes.internal;
  }
} finally {
  eraseStatusLine();
}
