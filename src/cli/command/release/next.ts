import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Pack } from '../../../pack/pack.ts';
import { decideBump } from '../../../release/bump.ts';
import { hasSection } from '../../../release/changelog.ts';
import { withVersion } from '../../../release/config-version.ts';
import { type Diff, diffOf } from '../../../release/diff/diff.ts';
import { type Lock, lockSnapshot, nextLock } from '../../../release/lock/lock.ts';
import { lockText } from '../../../release/lock/text.ts';
import { packSettings } from '../../../release/pack-settings.ts';
import { type Built, builtEntries, parametersOf, snapshotOf } from '../../../release/snapshot.ts';
import { bumped } from '../../../release/version.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import type { LoadedConfig } from '../../files/config-file.ts';
import { isRepository, knownTags } from '../../process/git.ts';
import { type ReleaseWrites, writeRelease } from '../../release/files.ts';
import { type Signing, sourceOf } from '../../release/folder.ts';
import { lockName } from '../../release/lock-file.ts';
import { printText } from '../../terminal/guarded.ts';
import { lockSide } from '../diff/side.ts';
import { nextChangelog } from './changelog.ts';
import { asVersion, type Compiled, releaseFiles } from './compiled.ts';
import { releasedText } from './released-text.ts';
import type { ReleaseOptions } from './run.ts';

/**
 * Releases the next version. Undefined where it has no artifacts, for a reason that the project's
 * bag reports.
 */
export async function releaseNext(
  compiled: Compiled,
  signing: Signing | undefined,
  options: ReleaseOptions,
): Promise<ExitCode | undefined> {
  const { pack, built } = compiled;
  const { lock, loaded } = compiled.project;
  const diff = lock && (await diffFromLock(compiled, lock));
  const decision = diff && decideBump(diff, loaded.config.release.bump);
  const dropped = options.dropRetired ? [...(lock?.retired.values() ?? [])] : [];
  const automatic = decision?.bump ?? (dropped.length > 0 ? 'patch' : undefined);
  const bump = options.bump === 'auto' ? automatic : options.bump;
  if (lock && bump === undefined) {
    printText(
      `nothing changed since ${lock.pack.version}; nothing to release (--bump patch releases ` +
        `all the same)\n`,
    );
    return exitCodes.success;
  }
  const version = lock && bump ? bumped(lock.pack.version, bump) : loaded.config.info.version;
  const revision = lock ? lock.pack.revision + 1 : loaded.config.info.revision;
  refuseKnownVersion(loaded, version);
  const next = asVersion(compiled, version, revision);
  const { id } = next.config.info;
  const source = sourceOf(loaded.folder);
  const nextLocked = nextLock({
    before: lock,
    pack: { id, version, revision, parameters: parametersOf(next), settings: packSettings(next) },
    entries: builtEntries(pack, built),
    dropRetired: options.dropRetired,
  });
  const output = await releaseFiles(compiled, next, nextLocked, { source, signing });
  if (!output) return undefined;
  const changelog = nextChangelog(loaded, diff ?? firstDiff(next, built), {
    version,
    date: source.date.slice(0, 10),
    dropped: dropped.map(({ title }) => title),
    lock: nextLocked,
  });
  const writes: ReleaseWrites = {
    files: [
      ...configFile(loaded, version, revision),
      { path: loaded.config.release.changelog, content: changelog },
      // last: whoever sees it sees a whole release
      { path: lockName, content: lockText(nextLocked) },
    ],
    output: { path: `${loaded.config.release.output}/${version}`, files: output },
  };
  if (!options.dryRun) writeRelease(loaded.folder, writes);
  const { commit } = source;
  const before = lock?.pack.version;
  printText(
    releasedText(
      { diff, decision, version, before, commit, writes },
      loaded.folder,
      options.dryRun,
    ),
  );
  return exitCodes.success;
}

/**
 * What changed since the lock, with conditions and queries where git has the tag of its version:
 * then the changelog can say what a condition catches now.
 */
async function diffFromLock(
  { project: { loaded, terminal }, pack, built }: Compiled,
  lock: Lock,
): Promise<Diff> {
  const side = await lockSide(join(loaded.folder, lockName), {
    home: loaded.folder,
    configName: basename(loaded.file.path),
    terminal,
    bag: createBag(),
  });
  try {
    return diffOf(side?.snapshot ?? lockSnapshot(lock), snapshotOf('this release', pack, built));
  } finally {
    side?.remove();
    terminal.clear();
  }
}

const firstDiff = (pack: Pack, built: Built): Diff =>
  diffOf(
    { label: 'nothing', version: '0.0.0', entries: new Map() },
    snapshotOf(pack.config.info.version, pack, built),
  );

/** The configuration with the next version; nothing where that changes no line of it. */
function configFile(
  { file, folder }: LoadedConfig,
  version: string,
  revision: number,
): ReleaseWrites['files'] {
  const text = withVersion(file, version, revision);
  const name = file.path.replace(/^.*\//, '');
  return text === file.text || !existsSync(join(folder, name))
    ? []
    : [{ path: name, content: text }];
}

function refuseKnownVersion({ folder, config }: LoadedConfig, version: string): void {
  const { output, changelog } = config.release;
  const known = [
    ...(isRepository(folder)
      ? knownTags(folder, [`v${version}`, version]).map((tag) => `the git tag ${tag}`)
      : []),
    ...(existsSync(join(folder, output, version)) ? [`the folder ${output}/${version}`] : []),
    ...(existsSync(join(folder, changelog)) &&
    hasSection(readFileSync(join(folder, changelog), 'utf8'), version)
      ? [`a section of ${changelog}`]
      : []),
  ];
  if (known.length > 0)
    throw new CommandError(`version ${version} exists already: ${known.join(', ')}`);
}
