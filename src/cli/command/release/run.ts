import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { artifactsOf } from '../../../artifact/artifacts.ts';
import type { Bump } from '../../../pack/config/release-config.ts';
import { tombstonesOf } from '../../../pack/naming/tombstone.ts';
import type { Pack } from '../../../pack/pack.ts';
import { type BumpDecision, decideBump } from '../../../release/bump.ts';
import { changelogSection, hasSection, withSection } from '../../../release/changelog.ts';
import { withVersion } from '../../../release/config-version.ts';
import { type Diff, diffOf } from '../../../release/diff/diff.ts';
import { diffView } from '../../../release/diff/view.ts';
import { type Lock, lockSnapshot, nextLock } from '../../../release/lock/lock.ts';
import { lockText } from '../../../release/lock/text.ts';
import { packSettings } from '../../../release/pack-settings.ts';
import { releaseNotes } from '../../../release/release-notes.ts';
import {
  type Built,
  builtEntries,
  createBuilt,
  parametersOf,
  snapshotOf,
} from '../../../release/snapshot.ts';
import { bumped } from '../../../release/version.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import type { LoadedConfig } from '../../files/config-file.ts';
import { findConfig } from '../../files/find-config.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { shownPath } from '../../files/rule-files.ts';
import { hasTag, isRepository } from '../../process/git.ts';
import {
  artifactInput,
  compileRules,
  createPageList,
  projectTemplates,
  reportPack,
} from '../../project/compile-rules.ts';
import { openProject, type Project, pathInPack } from '../../project/project.ts';
import type { LoadedTemplates } from '../../project/template-files.ts';
import { dirtyTreeError } from '../../release/clean-tree.ts';
import { finishRelease, type ReleaseWrites, writeRelease } from '../../release/files.ts';
import {
  type ReleaseFolderInput,
  releaseFolder,
  type Signing,
  signingKey,
  sourceOf,
} from '../../release/folder.ts';
import { checkFrozen } from '../../release/frozen.ts';
import { lockName } from '../../release/lock-file.ts';
import { refuseCollisions } from '../../release/places.ts';
import { takeReleaseLock } from '../../release/stage.ts';
import { isFailure } from '../../report/context.ts';
import { countsText } from '../../report/diff-text.ts';
import { printText } from '../../terminal/guarded.ts';
import { configurationLine, contextFor, report } from '../../terminal/run.ts';
import { createTerminal } from '../../terminal/terminal.ts';
import { lockSide } from '../diff/run.ts';

export interface ReleaseOptions {
  readonly bump: 'auto' | Bump;
  readonly dryRun: boolean;
  /** Give every detection the name that its title gives it now. */
  readonly rename: boolean;
  /** Leave out what earlier releases retired. */
  readonly dropRetired: boolean;
  /** Only write the artifacts of the version that is in the lock. */
  readonly fromLock: boolean;
  /** With `fromLock`: a file for what the changelog says of the version. */
  readonly notes?: string;
  /** True: the key is in the environment. */
  readonly sign?: string | true;
  readonly config?: string;
  readonly verbose: boolean;
}

interface Compiled {
  readonly project: Project;
  readonly pack: Pack;
  readonly built: Built;
  readonly pages: ReturnType<typeof createPageList>;
  readonly templates: LoadedTemplates;
}

/**
 * `sigpack release`: decides the version, writes version, lock, changelog and artifacts in one
 * step. No other release of the folder runs at the same time.
 */
export async function release(options: ReleaseOptions): Promise<ExitCode> {
  if (options.dryRun) return releaseAlone(options);
  const path = findConfig(options.config);
  // without one there is nothing to lock; it is asked for below
  const unlock =
    path === undefined || !existsSync(path) ? undefined : takeReleaseLock(dirname(resolve(path)));
  try {
    return (
      (unlock === undefined || path === undefined ? undefined : finishInterrupted(path)) ??
      (await releaseAlone(options))
    );
  } finally {
    unlock?.();
  }
}

async function releaseAlone(options: ReleaseOptions): Promise<ExitCode> {
  const answer = { format: 'text', verbose: options.verbose, names: 'first' } as const;
  const lock = { keepNames: !options.rename, retire: true, dropRetired: options.dropRetired };
  const project = await openProject({ config: options.config, lock }, answer);
  if ('code' in project) return project.code;
  const { loaded, bag, terminal } = project;
  if (options.notes !== undefined && !options.fromLock)
    throw new CommandError(
      '--notes is for --from-lock: before a release its section is not written',
    );
  if (!loaded.exists)
    throw new CommandError('a release needs a sigpack.yml; `sigpack init` writes one');
  refuseCollisions(loaded);
  const signing = signingKey(options.sign);
  const dirty = dirtyTreeError(loaded.folder, project.lock);
  if (dirty !== undefined && !options.dryRun) throw new CommandError(dirty);
  if (!(await testsPass(project))) return reportAll(project, options);
  const compiled = compile(project);
  // whatever failOn says: a release without one of its packs would retire all of its detections
  // there
  if (
    project.unchosen.length > 0 ||
    bag.list.some((diagnostic) => isFailure(diagnostic, loaded.config.failOn))
  )
    return reportAll(project, options);
  terminal.clear();
  const code = await (options.fromLock
    ? releaseAgain(compiled, signing, options)
    : releaseNext(compiled, signing, options));
  if (dirty !== undefined) printText(`A release would be refused now: ${dirty}\n`);
  return code;
}

/**
 * What an earlier release had decided is done first, and seen by whoever called before anything
 * else is decided.
 */
function finishInterrupted(path: string): ExitCode | undefined {
  const folder = dirname(resolve(path));
  const finished = finishRelease(folder);
  if (!finished) return undefined;
  const shown = (one: string): string => visible(shownPath(join(folder, one)));
  if (finished.kind === 'given up') {
    printText(
      `gave up a release that was cut off: ${shown(finished.path)} is there already, and ` +
        `nothing else had been moved\n`,
    );
    return undefined;
  }
  const lines = [
    configurationLine(path, createTerminal(process.stdout, process.env, () => 0).paint),
    'finished the release that was cut off:\n',
    ...finished.paths.map((one) => `  ${shown(one)}\n`),
    'Now commit these and tag the commit with the version in sigpack.lock.\n',
  ];
  printText(lines.join(''));
  return exitCodes.success;
}

function reportAll({ bag, terminal }: Project, { verbose }: ReleaseOptions): ExitCode {
  const context = contextFor(terminal);
  report({ diagnostics: bag.list, format: 'text', verbose, context, terminal });
  return exitCodes.findings;
}

async function testsPass(project: Project): Promise<boolean> {
  const { loaded, bag } = project;
  const { defaultPaths, gateRuns } = await import('../../rule-test/session.ts');
  const runs = await gateRuns({ project, paths: defaultPaths(loaded) });
  let passed = runs.length > 0;
  for (const { run, reasons } of runs) {
    const failed = run.results.filter(({ outcome }) => outcome !== 'passed');
    // what is wrong with other rules is told when they are compiled
    if (failed.length === 0 && !reasons.some(({ code }) => code.startsWith('TST'))) continue;
    passed = false;
    bag.list.push(...reasons);
    for (const { test, message } of failed)
      bag.add(test.file, {
        code: 'TST006',
        message: `"${test.name}": ${message}`,
        span: test.span,
      });
  }
  return passed;
}

function compile(project: Project): Compiled {
  const { loaded, history, bag } = project;
  const templates = projectTemplates(project);
  const pages = createPageList(project, templates);
  const built = createBuilt(loaded.config.info, { pathOf: history.pathOf, details: true });
  const compilation = compileRules(project, []);
  for (const outcome of compilation.outcomes) {
    pages.add(outcome);
    built.add(outcome);
  }
  const pack = compilation.pack();
  if (pack.outcomes.length === 0)
    bag.add(loaded.file, {
      code: 'PCK005',
      message: 'no detection was made from the rules',
      span: { start: 0, end: 0 },
    });
  reportPack(project, pack);
  return { project, pack, built, pages, templates };
}

/** The pack as another version: what depends on it is made anew. */
function asVersion({ project, pack }: Compiled, version: string, revision: number): Pack {
  const config = { ...pack.config, info: { ...pack.config.info, version, revision } };
  return { ...pack, config, tombstones: tombstonesOf(project.history, pack.splunk, version) };
}

async function releaseNext(
  compiled: Compiled,
  signing: Signing | undefined,
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { project, pack, built } = compiled;
  const { lock, loaded } = project;
  const found = lock && (await diffFromLock(compiled, lock));
  const decision = found && decideBump(found, loaded.config.release.bump);
  const dropped = options.dropRetired ? [...(lock?.retired.values() ?? [])] : [];
  const bump =
    options.bump === 'auto'
      ? (decision?.bump ?? (dropped.length > 0 ? 'patch' : undefined))
      : options.bump;
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
  const source = sourceOf(loaded.folder);
  const nextLocked = nextLock({
    before: lock,
    pack: {
      id: next.config.info.id,
      version,
      revision,
      parameters: parametersOf(next),
      settings: packSettings(next),
    },
    entries: builtEntries(pack, built),
    dropRetired: options.dropRetired,
  });
  const output = await releaseFiles(compiled, next, nextLocked, { source, signing });
  if (!output) return reportAll(project, options);
  const changelog = changelogOf(loaded, found ?? firstDiff(next, built), {
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
  tell({
    found,
    decision,
    version,
    before: lock?.pack.version,
    commit: source.commit,
    writes,
    shown: (path) => shownPath(join(loaded.folder, path)),
    options,
  });
  return exitCodes.success;
}

/**
 * Since the lock, with conditions and queries where git has the tag of its version: then the
 * changelog can say what a condition catches now.
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
      ? [`v${version}`, version]
          .filter((tag) => hasTag(folder, tag))
          .map((tag) => `the git tag ${tag}`)
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

interface ChangelogInput {
  readonly version: string;
  readonly date: string;
  readonly dropped: readonly string[];
  readonly lock: Lock;
}

function changelogOf(
  { folder, config }: LoadedConfig,
  found: Diff,
  { version, date, dropped, lock }: ChangelogInput,
): string {
  const path = join(folder, config.release.changelog);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const retired = [...lock.retired.values()]
    .filter(({ inSplunk }) => inSplunk)
    .map(({ title }) => title)
    .sort();
  return withSection(
    before,
    changelogSection({ version, date, view: diffView(found), retired, dropped }),
  );
}

async function releaseFiles(
  compiled: Compiled,
  pack: Pack,
  lock: Lock,
  made: Pick<ReleaseFolderInput, 'source' | 'signing'>,
): Promise<ReleaseWrites['output']['files'] | undefined> {
  const { project, pages, templates } = compiled;
  const { loaded, bag } = project;
  const pathOf = (path: string): string => pathInPack(project, path);
  const rendered = pages.pages();
  if (!rendered) return undefined;
  const written = await artifactsOf(artifactInput(project, pack, rendered, templates));
  // a release has all the rules that its lock names, or there is no release
  if (!written || written.leftOut.length > 0 || bag.list.some(({ code }) => code === 'PCK005'))
    return undefined;
  const { artifacts } = written;
  return releaseFolder({ artifacts, pack, lock: lockText(lock), loaded, pathOf, ...made });
}

/** The artifacts of the locked version once more, as on a tag in CI. */
async function releaseAgain(
  compiled: Compiled,
  signing: Signing | undefined,
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { project, pack, built } = compiled;
  const { lock, loaded, bag } = project;
  checkFrozen(project, pack, built);
  if (!lock || bag.list.some(({ code }) => code === 'LCK002')) return reportAll(project, options);
  const { version } = lock.pack;
  const path = `${loaded.config.release.output}/${version}`;
  if (existsSync(join(loaded.folder, path)))
    throw new CommandError(`version ${version} exists already: the folder ${path}`);
  const notes = options.notes === undefined ? undefined : notesOf(loaded, version);
  const files = await releaseFiles(compiled, pack, lock, {
    source: sourceOf(loaded.folder),
    signing,
  });
  if (!files) return reportAll(project, options);
  if (!options.dryRun && options.notes !== undefined && notes !== undefined) {
    makeFolders(dirname(options.notes));
    writeFileSync(options.notes, notes);
  }
  if (!options.dryRun) writeRelease(loaded.folder, { files: [], output: { path, files } });
  printText(
    `${options.dryRun ? 'would write' : 'wrote'} ${shownPath(join(loaded.folder, path))}: ` +
      `${files.length} files\n`,
  );
  return exitCodes.success;
}

/** What the text of a release is made from: the section of its version alone. */
function notesOf({ folder, config }: LoadedConfig, version: string): string {
  const path = join(folder, config.release.changelog);
  const notes = existsSync(path) ? releaseNotes(readFileSync(path, 'utf8'), version) : undefined;
  if (notes === undefined)
    throw new CommandError(`${shownPath(path)} has no section of ${version}, which --notes needs`);
  return notes;
}

interface Telling {
  readonly found: Diff | undefined;
  readonly decision: BumpDecision | undefined;
  readonly version: string;
  readonly before: string | undefined;
  /** From which the release was made. */
  readonly commit: string | undefined;
  readonly writes: ReleaseWrites;
  /** A path of the configuration's folder, as it is from here. */
  readonly shown: (path: string) => string;
  readonly options: ReleaseOptions;
}

function tell({ found, decision, version, before, commit, writes, shown, options }: Telling): void {
  const paint = createTerminal(process.stdout, process.env, () => 0).paint;
  const reasons = [...(decision?.reasons ?? [])]
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
  const lines = [
    `${options.dryRun ? 'would release' : 'released'} ${paint('bold', version)}` +
      `${before === undefined ? ', the first version' : ` after ${before}`}` +
      `${reasons === '' ? '' : ` (${decision?.bump}: ${reasons})`}`,
    ...(found ? [`  ${countsText(diffView(found))}`] : []),
    ...[
      ...writes.files.map(({ path }) => shown(path)),
      `${shown(writes.output.path)}/ (${writes.output.files.length} files)`,
    ].map((path) => `  ${path}`),
  ];
  if (!options.dryRun) lines.push(`Now commit these and tag the commit v${version}.`);
  if (!options.dryRun && commit !== undefined)
    lines.push(`The provenance names ${commit.slice(0, 12)}, the commit before that one.`);
  printText(`${lines.join('\n')}\n`);
}
