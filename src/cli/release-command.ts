import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeArtifacts } from '../pack/artifacts.ts';
import type { Pack } from '../pack/pack.ts';
import type { Bump } from '../pack/release-config.ts';
import { tombstonesOf } from '../pack/tombstone.ts';
import { type BumpDecision, decideBump } from '../release/bump.ts';
import { changelogSection, hasSection, withSection } from '../release/changelog.ts';
import { withVersion } from '../release/config-version.ts';
import { type Diff, diffOf } from '../release/diff.ts';
import { diffView } from '../release/diff-view.ts';
import { type Lock, lockSnapshot, nextLock } from '../release/lock.ts';
import { lockText } from '../release/lock-text.ts';
import { type Built, createBuilt, parametersOf, snapshotOf } from '../release/snapshot.ts';
import { bumped } from '../release/version.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import { compileRules, createPageList, rulePaths } from './compile-rules.ts';
import { type LoadedConfig, loadConfig } from './config-file.ts';
import { lockSide } from './diff-command.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { changedFiles, hasTag, isRepository } from './git.ts';
import { checkFrozen, type Locked, lockName, withLock } from './lock-file.ts';
import { toolVersion } from './package-root.ts';
import { pipelinesByTarget } from './pipeline-choice.ts';
import { type ReleaseWrites, writeRelease } from './release-files.ts';
import { type ReleaseFolderInput, releaseFolder, type Signing, signingKey, sourceOf } from './release-folder.ts';
import { isFailure } from './report/context.ts';
import { countsText } from './report/diff-text.ts';
import { visible } from './report/visible.ts';
import { contextFor, report } from './run.ts';
import { loadTemplates } from './template-files.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export interface ReleaseOptions {
  readonly bump: 'auto' | Bump;
  readonly dryRun: boolean;
  /** Give every detection the name that its title gives it now. */
  readonly rename: boolean;
  /** Leave out what earlier releases retired. */
  readonly dropRetired: boolean;
  /** Only write the artifacts of the version that is in the lock. */
  readonly fromLock: boolean;
  /** True: the key is in the environment. */
  readonly sign?: string | true;
  readonly config?: string;
  readonly verbose: boolean;
}

interface Compiled {
  readonly locked: Locked;
  readonly pack: Pack;
  readonly built: Built;
  readonly pages: ReturnType<typeof createPageList>;
  readonly templates: ReturnType<typeof loadTemplates>;
  readonly bag: DiagnosticBag;
}

/** `sigpack release`: decides the version, writes version, lock, changelog and artifacts in one step. */
export async function release(options: ReleaseOptions): Promise<ExitCode> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const written = loadConfig(options.config);
  if (!('config' in written)) return complain({ ...createBag(), list: [...written] }, terminal, options, exitCodes.usage);
  if (written.file.text === '' && !existsSync(join(written.folder, 'sigpack.yml')))
    throw new UsageError('a release needs a sigpack.yml; `sigpack init` writes one');
  const signing = signingKey(options.sign);
  if (!options.dryRun) refuseDirtyTree(written);
  const bag = createBag(written.config.severities);
  bag.list.push(...written.warnings);
  if (!(await testsPass(written, bag, terminal))) return complain(bag, terminal, options, exitCodes.findings);
  const compiled = await compile(written, options, bag, terminal);
  if (!compiled) return complain(bag, terminal, options, exitCodes.usage);
  if (bag.list.some((diagnostic) => isFailure(diagnostic, written.config.failOn))) return complain(bag, terminal, options, exitCodes.findings);
  terminal.clear();
  return options.fromLock ? releaseAgain(compiled, signing, options, terminal) : releaseNext(compiled, signing, options, terminal);
}

function complain(bag: DiagnosticBag, terminal: Terminal, { verbose }: ReleaseOptions, code: ExitCode): ExitCode {
  const context = contextFor(terminal);
  report({ diagnostics: bag.list, format: 'text', verbose, context, terminal });
  return code;
}

function refuseDirtyTree({ folder }: LoadedConfig): void {
  if (!isRepository(folder)) return;
  const changed = changedFiles(folder);
  if (changed.length === 0) return;
  const some = changed
    .slice(0, 5)
    .map((line) => visible(line.trim()))
    .join(', ');
  throw new UsageError(
    `the git tree has changes that are not committed: ${some}${changed.length > 5 ? `, ${changed.length - 5} more` : ''}. Commit or stash them, so that the release can be built again from git.`,
  );
}

async function testsPass(loaded: LoadedConfig, bag: DiagnosticBag, terminal: Terminal): Promise<boolean> {
  const { defaultPaths, testRun } = await import('./test-session.ts');
  const own = createBag();
  const { run } = await testRun({ paths: defaultPaths(loaded), loaded, coverage: false, terminal, bag: own });
  const failed = run.results.filter(({ outcome }) => outcome !== 'passed');
  // what is wrong with the rules is told when they are compiled
  const complaints = own.list.filter(({ code, severity }) => code.startsWith('TST') && severity === 'error');
  bag.list.push(...complaints);
  for (const { test, message } of failed) bag.add(test.file, { code: 'TST006', message: `"${test.name}": ${message}`, span: test.span });
  return failed.length === 0 && complaints.length === 0;
}

async function compile(written: LoadedConfig, { rename, dropRetired }: ReleaseOptions, bag: DiagnosticBag, terminal: Terminal): Promise<Compiled | undefined> {
  const locked = withLock(written, bag, { keepNames: !rename, retire: true, dropRetired });
  if (!locked) return undefined;
  const { loaded, history } = locked;
  const { config, folder } = loaded;
  const pipelines = await pipelinesByTarget(config.targets, undefined, loaded, bag);
  if (!pipelines) return undefined;
  const templates = loadTemplates(config.templates === undefined ? undefined : resolve(folder, config.templates));
  const pages = createPageList(config, templates, bag, loaded);
  const built = createBuilt(config.info, { pathOf: history.pathOf, details: true });
  const { pack } = compileRules(
    rulePaths([], loaded),
    {
      config,
      bag,
      pipelines,
      history,
      onOutcome(...outcome) {
        pages.add(...outcome);
        built.add(...outcome);
      },
    },
    terminal,
  );
  if (pack.outcomes.length === 0) bag.add(loaded.file, { code: 'PCK005', message: 'no detection came of the rules', span: { start: 0, end: 0 } });
  return { locked, pack, built, pages, templates, bag };
}

/** The pack as another version: what depends on it is made anew. */
function asVersion({ locked, pack }: Compiled, version: string, revision: number): Pack {
  const config = { ...pack.config, info: { ...pack.config.info, version, revision } };
  return { ...pack, config, tombstones: tombstonesOf(locked.history, pack.splunk, version) };
}

async function releaseNext(compiled: Compiled, signing: Signing | undefined, options: ReleaseOptions, terminal: Terminal): Promise<ExitCode> {
  const { locked, built } = compiled;
  const { lock, loaded } = locked;
  const found = lock && (await diffFromLock(compiled, lock, options, terminal));
  const decision = found && decideBump(found, loaded.config.release.bump);
  const dropped = options.dropRetired ? [...(lock?.retired.values() ?? [])] : [];
  const bump = options.bump === 'auto' ? (decision?.bump ?? (dropped.length > 0 ? 'patch' : undefined)) : options.bump;
  if (lock && bump === undefined) {
    process.stdout.write(`nothing changed since ${lock.pack.version}; nothing to release (--bump patch releases all the same)\n`);
    return exitCodes.success;
  }
  const version = lock && bump ? bumped(lock.pack.version, bump) : loaded.config.info.version;
  const revision = lock ? lock.pack.revision + 1 : loaded.config.info.revision;
  refuseKnownVersion(loaded, version);
  const next = asVersion(compiled, version, revision);
  const source = sourceOf(loaded.folder);
  const nextLocked = nextLock({
    before: lock,
    pack: { id: next.config.info.id, version, revision, parameters: parametersOf(next) },
    entries: built.entries,
    dropRetired: options.dropRetired,
  });
  const output = await artifactsOf(compiled, next, nextLocked, { source, signing });
  if (!output) return complain(compiled.bag, terminal, options, exitCodes.findings);
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
  tell({ found, decision, version, before: lock?.pack.version, writes, options });
  return exitCodes.success;
}

/** Since the lock, with conditions and queries where git has the tag of its version: then the changelog can say what a condition catches now. */
async function diffFromLock({ locked, pack, built }: Compiled, lock: Lock, { config }: ReleaseOptions, terminal: Terminal): Promise<Diff> {
  const side = await lockSide(join(locked.loaded.folder, lockName), { options: config === undefined ? {} : { config }, terminal, bag: createBag() });
  try {
    return diffOf(side?.snapshot ?? lockSnapshot(lock), snapshotOf('this release', pack, built));
  } finally {
    side?.remove();
    terminal.clear();
  }
}

const firstDiff = (pack: Pack, built: Built): Diff =>
  diffOf({ label: 'nothing', version: '0.0.0', entries: new Map() }, snapshotOf(pack.config.info.version, pack, built));

function configFile({ file, folder }: LoadedConfig, version: string, revision: number): ReleaseWrites['files'] {
  const text = withVersion(file, version, revision);
  const name = file.path.replace(/^.*\//, '');
  return text === file.text || !existsSync(join(folder, name)) ? [] : [{ path: name, content: text }];
}

function refuseKnownVersion({ folder, config }: LoadedConfig, version: string): void {
  const { output, changelog } = config.release;
  const known = [
    ...(isRepository(folder) ? [`v${version}`, version].filter((tag) => hasTag(folder, tag)).map((tag) => `the git tag ${tag}`) : []),
    ...(existsSync(join(folder, output, version)) ? [`the folder ${output}/${version}`] : []),
    ...(existsSync(join(folder, changelog)) && hasSection(readFileSync(join(folder, changelog), 'utf8'), version) ? [`a section of ${changelog}`] : []),
  ];
  if (known.length > 0) throw new UsageError(`version ${version} exists already: ${known.join(', ')}`);
}

interface ChangelogInput {
  readonly version: string;
  readonly date: string;
  readonly dropped: readonly string[];
  readonly lock: Lock;
}

function changelogOf({ folder, config }: LoadedConfig, found: Diff, { version, date, dropped, lock }: ChangelogInput): string {
  const path = join(folder, config.release.changelog);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const retired = [...lock.retired.values()]
    .filter(({ inSplunk }) => inSplunk)
    .map(({ title }) => title)
    .sort();
  return withSection(before, changelogSection({ version, date, view: diffView(found), retired, dropped }));
}

async function artifactsOf(
  compiled: Compiled,
  pack: Pack,
  lock: Lock,
  made: Pick<ReleaseFolderInput, 'source' | 'signing'>,
): Promise<ReleaseWrites['output']['files'] | undefined> {
  const { locked, pages, templates, bag } = compiled;
  const rendered = pages.pages();
  if (!rendered) return undefined;
  const artifacts = await makeArtifacts({
    pack,
    pages: rendered,
    templates: { templates: templates.templates },
    customTemplates: templates.custom,
    assets: templates.assets,
    toolVersion: toolVersion(),
    bag,
    configFile: locked.loaded.file,
  });
  return artifacts && releaseFolder({ artifacts, pack, lock: lockText(lock), loaded: locked.loaded, ...made });
}

/** The artifacts of the locked version once more, as on a tag in CI. */
async function releaseAgain(compiled: Compiled, signing: Signing | undefined, options: ReleaseOptions, terminal: Terminal): Promise<ExitCode> {
  const { locked, pack, built, bag } = compiled;
  checkFrozen(locked, pack, built, bag);
  if (!locked.lock || bag.list.some(({ code }) => code === 'LCK002')) return complain(bag, terminal, options, exitCodes.findings);
  const { version } = locked.lock.pack;
  const path = `${locked.loaded.config.release.output}/${version}`;
  if (existsSync(join(locked.loaded.folder, path))) throw new UsageError(`version ${version} exists already: the folder ${path}`);
  const files = await artifactsOf(compiled, pack, locked.lock, { source: sourceOf(locked.loaded.folder), signing });
  if (!files) return complain(bag, terminal, options, exitCodes.findings);
  if (!options.dryRun) writeRelease(locked.loaded.folder, { files: [], output: { path, files } });
  process.stdout.write(`${options.dryRun ? 'would write' : 'wrote'} ${path}: ${files.length} files\n`);
  return exitCodes.success;
}

interface Telling {
  readonly found: Diff | undefined;
  readonly decision: BumpDecision | undefined;
  readonly version: string;
  readonly before: string | undefined;
  readonly writes: ReleaseWrites;
  readonly options: ReleaseOptions;
}

function tell({ found, decision, version, before, writes, options }: Telling): void {
  const paint = createTerminal(process.stdout, process.env, () => 0).paint;
  const reasons = [...(decision?.reasons ?? [])].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const lines = [
    `${options.dryRun ? 'would release' : 'released'} ${paint('bold', version)}${before === undefined ? ', the first version' : ` after ${before}`}${reasons === '' ? '' : ` (${decision?.bump}: ${reasons})`}`,
    ...(found ? [`  ${countsText(diffView(found))}`] : []),
    ...[...writes.files.map(({ path }) => path), `${writes.output.path}/ (${writes.output.files.length} files)`].map((path) => `  ${path}`),
  ];
  if (!options.dryRun) lines.push(`Now commit these and tag the commit v${version}.`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
