import { type Command, Option } from 'commander';
import type { DiffOptions } from '../command/diff.ts';
import type { ReleaseOptions } from '../command/release.ts';
import type { VerifyOptions } from '../command/verify.ts';
import { configOption } from './options.ts';

/** The commands from one version to the next: `diff`, `release` and `verify`. */
export function addReleases(program: Command): void {
  program
    .command('diff')
    .description('show what happened to each detection between two revisions, folders or artifacts')
    .argument(
      '[from]',
      'a git revision, a folder, an artifact or sigpack.lock (default: sigpack.lock)',
    )
    .argument('[to]', 'as <from> (default: the working tree)')
    .addOption(
      new Option('-f, --format <format>', 'format of the diff')
        .choices(['text', 'markdown', 'json'])
        .default('text'),
    )
    .option('-o, --output <path>', 'file to write the diff to')
    .addOption(configOption())
    .option('-v, --verbose', 'show long lists and whole queries', false)
    .action(async (from: string | undefined, to: string | undefined, options: DiffOptions) => {
      const { diff } = await import('../command/diff.ts');
      process.exitCode = await diff(from, to, options);
    });
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
    .option('-v, --verbose', 'show every diagnostic, notes included', false)
    .action(async (options: ReleaseOptions) => {
      const { release } = await import('../command/release.ts');
      process.exitCode = await release(options);
    });
  program
    .command('verify')
    .description('check the digests of artifacts, and their signature')
    .argument('<artifacts...>', 'artifacts, or folders with SHA256SUMS')
    .option('--key <file>', 'public ed25519 key (PEM) that must verify the signature of SHA256SUMS')
    .action(async (paths: readonly string[], options: VerifyOptions) => {
      const { verify } = await import('../command/verify.ts');
      process.exitCode = await verify(paths, options);
    });
}
