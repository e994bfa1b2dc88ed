#!/usr/bin/env node
import module from 'node:module';
import { Argument, Command, CommanderError, Option } from 'commander';
import { lintPresets } from '../pack/lint-preset.ts';
import { fieldChoices } from '../pipeline/field-choice.ts';
import type { BuildOptions } from './build.ts';
import type { ConvertOptions } from './convert.ts';
import type { DiffOptions } from './diff-command.ts';
import type { DocsOptions } from './docs-command.ts';
import { exitCodes, UsageError } from './exit-code.ts';
import type { ExplainOptions } from './explain.ts';
import { guardTerminal, visibleLines } from './guarded-terminal.ts';
import type { InitCommandOptions } from './init-command.ts';
import type { InstallOptions, UninstallOptions } from './install/install-command.ts';
import type { StatusOptions } from './install/status-command.ts';
import type { Listable, ListOptions } from './list.ts';
import type { MatchOptions } from './match-command.ts';
import { commaSeparated, wholeNumber } from './option-value.ts';
import { toolVersion } from './package-root.ts';
import type { ReleaseOptions } from './release-command.ts';
import { reportFormats } from './report/name.ts';
import { testReporters } from './report/test-name.ts';
import type { StatsOptions } from './stats.ts';
import type { TestOptions } from './test-command.ts';
import type { VerifyOptions } from './verify-command.ts';

// the bytecode of our modules is kept between runs, where Node has that
module.enableCompileCache?.();

const pluginOption = (): Option =>
  new Option('--plugin <module>', 'a package or a file with more targets; may be repeated').argParser((value: string, before: readonly string[] = []) => [
    ...before,
    value,
  ]);

const pipelineOption = (): Option =>
  new Option('-p, --pipeline <names>', 'comma-separated pipelines, in place of those of the configuration; sigpack list pipelines shows them').argParser(
    (value: string, before: readonly string[] = []) => [...before, ...commaSeparated()(value)],
  );

const fieldsOption = (product: string, target: string): Option =>
  new Option(
    `--${product} <fields>`,
    `make it for this product; its fields are those of ${fieldChoices(target)
      .map(({ name }) => name)
      .join(', ')}`,
  );

const configOption = (): Option => new Option('-c, --config <file>', 'configuration (default: SIGPACK_CONFIG, or the first sigpack.yml from here upwards)');

// the modules of a command are loaded when it runs: `--help` answers at once
function createProgram(): Command {
  const program = new Command('sigpack')
    .description('Compiles Sigma detection rules into a Splunk app and a Graylog content pack.')
    .version(toolVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .showHelpAfterError('(sigpack --help shows what there is)')
    .addHelpText('after', '\nExit codes: 0 done, 1 findings at or above --fail-on,\n2 wrong usage or configuration, 3 internal error, 4 a server refused.');
  const withReport = (command: Command) =>
    command
      .addOption(new Option('-f, --format <format>', 'form of the report').choices(reportFormats).default('text'))
      .addOption(new Option('--fail-on <severity>', 'lowest severity that makes the exit code 1').choices(['error', 'warning', 'never']))
      .option('-v, --verbose', 'show every diagnostic, notes included', false)
      .addOption(configOption())
      .addOption(pipelineOption())
      .addOption(new Option('-t, --target <names>', 'comma-separated: splunk, graylog').argParser(commaSeparated(['splunk', 'graylog'])));
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
    .option('--frozen', 'write nothing where the build is not what sigpack.lock says', false)
    .option('--require-tests', 'write nothing where a rule has no passing test, one that it matches and one that it does not', false)
    .action(run(false));
  withReport(program.command('check').description('compile rules, check them and report, write nothing').argument('[rules...]', 'rule files and folders'))
    .addOption(new Option('--preset <name>', 'which checks of rules to make, in place of lint.preset of the configuration').choices(lintPresets))
    .action(run(true));
  program
    .command('stats')
    .description('show how the scheduled searches spread over the hour')
    .argument('[rules...]', 'rule files and folders')
    .addOption(configOption())
    .addOption(pipelineOption())
    .option('--all', 'count disabled detections too', false)
    .addOption(new Option('--budget <searches>', 'searches a minute; more makes the exit code 1').argParser(wholeNumber))
    .addOption(new Option('-f, --format <format>', 'form of the output').choices(['text', 'json']).default('text'))
    .action(async (paths: readonly string[], options: StatsOptions) => {
      const { stats } = await import('./stats.ts');
      process.exitCode = await stats(paths, options);
    });
  program
    .command('init')
    .description('ask which products the rules are for, write a configuration, a starter rule, package.json and CI files, and build the packs')
    .argument('[folder]', 'where', '.')
    .option('--id <id>', 'id of the packs')
    .option('--title <title>', 'title of the packs')
    .option('--author <author>', 'author of the packs')
    .option('--package <spec>', 'how package.json names Sigpack, such as file:vendor/sigpack.tgz (default: the version that runs)')
    .addOption(fieldsOption('splunk', 'splunk'))
    .option('--splunk-index <names>', 'comma-separated indexes that hold the events; * for all')
    .addOption(new Option('--enterprise-security <answer>', 'yes or no: whether Splunk has it (default: no)'))
    .addOption(fieldsOption('graylog', 'graylog'))
    .option('--graylog-streams <titles>', 'comma-separated titles of the streams that hold the events; all for all')
    .addOption(fieldsOption('elasticsearch', 'es-qs'))
    .option('--elasticsearch-index <patterns>', 'comma-separated patterns of the indexes that hold the events')
    .option('--no-build', 'do not build the packs')
    .option('--force', 'replace files that exist', false)
    .action(async (folder: string, options: InitCommandOptions) => {
      const { init } = await import('./init-command.ts');
      process.exitCode = await init(folder, options);
    });
  program
    .command('convert')
    .description('print the queries of rules in one or more targets')
    .argument('<rules...>', 'rule files and folders; - for standard input')
    .addOption(
      new Option('-t, --target <names>', 'comma-separated; sigpack list targets shows them')
        .argParser((value: string, before: readonly string[] = []) => [...before, ...commaSeparated()(value)])
        .makeOptionMandatory(),
    )
    .addOption(pluginOption())
    .addOption(pipelineOption())
    .option('-f, --format <format>', 'form of the queries; sigpack list formats shows them')
    .option('-o, --output <path>', 'a file, or with a slash at its end a folder with one file for each rule')
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (paths: readonly string[], options: ConvertOptions) => {
      const { convert } = await import('./convert.ts');
      process.exitCode = await convert(paths, options);
    });
  program
    .command('explain')
    .description('show what each processing item of the pipelines does to a rule, and its query; or why it finds an event')
    .argument('<rules...>', 'rule files and folders')
    .option('-t, --target <name>', 'sigpack list targets shows them')
    .option('--event <file>', 'events: shows which part of the condition holds for each of them')
    .addOption(pipelineOption())
    .addOption(pluginOption())
    .addOption(configOption())
    .option('-v, --verbose', 'show the items that change nothing too', false)
    .action(async (paths: readonly string[], options: ExplainOptions) => {
      const { explain } = await import('./explain.ts');
      process.exitCode = await explain(paths, options);
    });
  program
    .command('match')
    .description('find the rules that each event of a stream fulfils')
    .argument('<rules...>', 'rule files and folders')
    .requiredOption('--events <files...>', 'files of events; - is standard input')
    .option('--all-log-sources', 'ask all rules of every event, whatever log sources the two are of', false)
    .option('-t, --target <name>', 'a target whose pipelines the rules go through first')
    .addOption(pipelineOption())
    .addOption(new Option('-f, --format <format>', 'form of what is found').choices(['text', 'ndjson']).default('text'))
    .addOption(configOption())
    .option('-v, --verbose', 'show every complaint, notes included', false)
    .action(async (paths: readonly string[], options: MatchOptions) => {
      const { match } = await import('./match-command.ts');
      process.exitCode = await match(paths, options);
    });
  program
    .command('diff')
    .description('show what happened to each detection between two revisions, folders or artifacts')
    .argument('[from]', 'a git revision, a folder, an artifact or sigpack.lock (default: sigpack.lock)')
    .argument('[to]', 'the same (default: the working tree)')
    .addOption(new Option('-f, --format <format>', 'form of the diff').choices(['text', 'markdown', 'json']).default('text'))
    .option('-o, --output <path>', 'a file to write it to')
    .addOption(configOption())
    .option('-v, --verbose', 'show all of it: long lists and whole queries', false)
    .action(async (from: string | undefined, to: string | undefined, options: DiffOptions) => {
      const { diff } = await import('./diff-command.ts');
      process.exitCode = await diff(from, to, options);
    });
  program
    .command('release')
    .description('decide the version, write lock, changelog, version and artifacts in one step')
    .addOption(new Option('--bump <part>', 'which part of the version to raise').choices(['auto', 'patch', 'minor', 'major']).default('auto'))
    .option('--dry-run', 'say what would be released, write nothing', false)
    .option('--rename', 'give detections the names of their titles; local settings in Splunk go by the old ones', false)
    .option('--drop-retired', 'leave out the disabled stanzas of what earlier releases retired', false)
    .option('--from-lock', 'only write the artifacts of the version in sigpack.lock, as CI does on a tag', false)
    .option('--notes <file>', 'with --from-lock: write what the changelog says of the version, as the text of a release')
    .option('--sign [key]', 'sign with an ed25519 key: a PEM file, or SIGPACK_SIGNING_KEY')
    .addOption(configOption())
    .option('-v, --verbose', 'show every complaint, notes included', false)
    .action(async (options: ReleaseOptions) => {
      const { release } = await import('./release-command.ts');
      process.exitCode = await release(options);
    });
  program
    .command('verify')
    .description('check the digests of artifacts, and their signature')
    .argument('<artifacts...>', 'artifacts, or folders with SHA256SUMS')
    .option('--key <file>', 'public ed25519 key, PEM; SHA256SUMS must be signed with its other half')
    .action(async (paths: readonly string[], options: VerifyOptions) => {
      const { verify } = await import('./verify-command.ts');
      process.exitCode = await verify(paths, options);
    });
  const atPlace = (command: Command) =>
    command.option('--ca-file <file>', 'PEM of the authority that signed the certificate of the server').addOption(configOption());
  const changing = (command: Command) =>
    atPlace(command.requiredOption('--to <name>', 'a place under installs: of sigpack.yml'))
      .option('--plan [file]', 'only show what would be done, and write it to a file')
      .option('--apply <file>', 'do what a plan of --plan says, and nothing if it would be another one now')
      .option('-y, --yes', 'do not ask', false)
      .addOption(new Option('--drift <what>', 'what becomes of what someone changed in place').choices(['keep', 'overwrite']))
      .addOption(new Option('-f, --format <format>', 'form of the report').choices(['text', 'json']).default('text'))
      .option('--key <file>', 'public key (PEM) that the artifact has to be signed with (default: that of the place)')
      .option('-v, --verbose', 'show all of a long plan', false);
  changing(
    program
      .command('install')
      .description('bring an artifact into a Splunk, Graylog or Elasticsearch')
      .usage('<artifact> --to <name> [options]')
      // --plan takes the word behind it for its file: the command itself says so
      .argument('[artifact]', 'a .spl, a -graylog.json, a file of watches, or a folder with one')
      .option('--adopt', 'take over what is there and was not installed by Sigpack', false),
  ).action(async (artifact: string | undefined, options: InstallOptions) => {
    const { install } = await import('./install/install-command.ts');
    process.exitCode = await install(artifact, options);
  });
  changing(
    program
      .command('rollback')
      .description('return to the version that was installed before')
      .usage('[artifact] --to <name> [options]')
      .argument('[artifact]', 'the version to go back to, where the place has a public key; else what says of which pack, where it is not that of sigpack.yml')
      .option('--adopt', 'return to what was taken over, which is not signed', false),
  ).action(async (artifact: string | undefined, options: InstallOptions) => {
    const { rollback } = await import('./install/install-command.ts');
    process.exitCode = await rollback(artifact, options);
  });
  atPlace(
    program
      .command('status')
      .description('show what is installed where, and what someone changed there')
      .argument('[artifact]', 'an artifact of the pack, where it is not that of sigpack.yml')
      .option('--to <name>', 'one place (default: all)')
      .addOption(new Option('-f, --format <format>', 'form of the report').choices(['text', 'json']).default('text')),
  ).action(async (artifact: string | undefined, options: StatusOptions) => {
    const { status } = await import('./install/status-command.ts');
    process.exitCode = await status(artifact, options);
  });
  atPlace(
    program
      .command('uninstall')
      .description('take a pack away')
      .argument('[artifact]', 'an artifact of the pack, where it is not that of sigpack.yml')
      .requiredOption('--to <name>', 'a place under installs: of sigpack.yml')
      .option('-y, --yes', 'do not ask', false),
  ).action(async (artifact: string | undefined, options: UninstallOptions) => {
    const { uninstall } = await import('./install/install-command.ts');
    process.exitCode = await uninstall(artifact, options);
  });
  program
    .command('test')
    .description('run the tests beside rules')
    .argument('[paths...]', 'test files, rules and folders (default: those of the configuration)')
    .addOption(
      new Option('--rules <paths>', 'comma-separated rule files and folders, where they are not among the paths').argParser(
        (value: string, before: readonly string[] = []) => [...before, ...commaSeparated()(value)],
      ),
    )
    .option('--watch', 'run again what a change concerns, until Ctrl+C', false)
    .addOption(new Option('--reporter <reporter>', 'form of the report').choices(testReporters).default('tree'))
    .option('--coverage', 'show rules without tests, and parts that no test needs', false)
    .option('-t, --target <name>', 'a target whose pipelines the rules go through first')
    .addOption(pipelineOption())
    .addOption(configOption())
    .option('-v, --verbose', 'show all that is not covered', false)
    .action(async (paths: readonly string[], options: TestOptions) => {
      const { test } = await import('./test-command.ts');
      process.exitCode = await test(paths, options);
    });
  program
    .command('docs')
    .description('write a page for each rule, an index with the ATT&CK matrix and a Navigator layer')
    .argument('<rules...>', 'rule files and folders')
    .requiredOption('-o, --output <folder>', 'where the pages are written')
    .addOption(pipelineOption())
    .addOption(new Option('-f, --format <format>', 'form of the pages').choices(['md', 'html']).default('html'))
    .addOption(configOption())
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (paths: readonly string[], options: DocsOptions) => {
      const { docs } = await import('./docs-command.ts');
      process.exitCode = await docs(paths, options);
    });
  program
    .command('list')
    .description('list what there is to choose from')
    .addArgument(new Argument('<what>', 'what to list').choices(['targets', 'formats', 'pipelines']))
    .addOption(pluginOption())
    .addOption(new Option('-f, --format <format>', 'form of the list').choices(['text', 'json']).default('text'))
    .option('-v, --verbose', 'show what bundles are made of, and which names of a pipeline are unproved', false)
    .action(async (what: Listable, options: ListOptions) => {
      const { list } = await import('./list.ts');
      process.exitCode = await list(what, options);
    });
  for (const command of program.commands) command.exitOverride().showHelpAfterError(`(sigpack ${command.name()} --help shows what it takes)`);
  return program;
}

function unexpected(error: unknown): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // what older versions lack fails in many ways
  if (major < 22 || (major === 22 && minor < 12)) return `Node ${process.versions.node} is too old: Sigpack needs 22.12 or newer`;
  // an error of the machine says all in its message
  if (error instanceof Error && 'syscall' in error) return error.message;
  return `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

for (const stream of [process.stdout, process.stderr]) {
  guardTerminal(stream);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // a reader such as `head` that has seen enough is no reason to stop
    if (error.code !== 'EPIPE') process.exit(exitCodes.internal);
  });
}

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  else if (error instanceof UsageError) {
    process.stderr.write(`sigpack: ${visibleLines(error.message)}\n`);
    process.exitCode = exitCodes.usage;
  } else {
    process.stderr.write(`sigpack: ${visibleLines(unexpected(error))}\n`);
    process.exitCode = exitCodes.internal;
  }
}
