import { resolve } from 'node:path';
import { type Artifact, makeArtifacts } from '../pack/artifacts.ts';
import type { FailOn, PackConfig, Target } from '../pack/config.ts';
import type { PackPages } from '../pack/detection-page.ts';
import type { Pack, PackInput } from '../pack/pack.ts';
import { scheduleProblems } from '../pack/schedule-budget.ts';
import { createBuilt } from '../release/snapshot.ts';
import { createBag, type Diagnostic, type DiagnosticBag } from '../source/diagnostic.ts';
import { compileRules, createPageList, type RuleCounts, rulePaths } from './compile-rules.ts';
import { type LoadedConfig, loadConfig } from './config-file.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { checkFrozen, withLock } from './lock-file.ts';
import { optimizeLate } from './optimize-late.ts';
import { toolVersion } from './package-root.ts';
import { pipelinesByTarget } from './pipeline-choice.ts';
import type { ReportFormat } from './report/name.ts';
import { type BuildSummary, countSkipped } from './report/summary.ts';
import { contextFor, report } from './run.ts';
import { type LoadedTemplates, loadTemplates } from './template-files.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { writeArtifacts } from './write-artifacts.ts';

export interface BuildOptions {
  readonly config?: string;
  readonly target?: readonly Target[];
  readonly output: string;
  readonly format: ReportFormat;
  readonly failOn?: FailOn;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly verbose: boolean;
  /** Write nothing where a rule is not tested. */
  readonly requireTests?: boolean;
  /** Write nothing where the build is not what the lock says. */
  readonly frozen?: boolean;
  /** Compile and check, write nothing. */
  readonly dryRun: boolean;
}

/** `sigpack build` and `sigpack check`. */
export async function build(paths: readonly string[], options: BuildOptions): Promise<ExitCode> {
  const started = performance.now();
  optimizeLate();
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  if (options.frozen === true && paths.length > 0) throw new UsageError('--frozen builds what the configuration names; give no rules');
  const written = loadConfig(options.config);
  if (!('config' in written)) return reportFailure(written, options, terminal);
  const bag = createBag(written.config.severities);
  bag.list.push(...written.warnings);
  const locked = withLock(written, bag, { retire: paths.length === 0 });
  if (!locked) return reportFailure(bag.list, options, terminal);
  const { loaded } = locked;
  const config = adjusted(loaded.config, options);
  const built = options.frozen === true ? createBuilt(config.info, { pathOf: locked.history.pathOf, details: false }) : undefined;
  const templates = options.dryRun ? undefined : loadTemplates(config.templates === undefined ? undefined : resolve(loaded.folder, config.templates));
  const pipelines = await pipelinesByTarget(config.targets, options.pipeline, loaded, bag);
  if (!pipelines) return reportFailure(bag.list, options, terminal);
  const pages = templates ? createPageList(config, templates, bag, loaded) : undefined;
  const onOutcome: NonNullable<PackInput['onOutcome']> = (...outcome) => {
    pages?.add(...outcome);
    built?.add(...outcome);
  };
  const { pack, counts } = compileRules(rulePaths(paths, loaded), { config, bag, pipelines, history: locked.history, onOutcome }, terminal);
  const place = { start: 0, end: 0 };
  if (pack.outcomes.length === 0)
    bag.add(loaded.file, { code: 'PCK005', message: `no detection came of ${counts.files} ${counts.files === 1 ? 'file' : 'files'}`, span: place });
  for (const message of scheduleProblems(pack)) bag.add(loaded.file, { code: 'PCK006', message, span: place });
  if (built) checkFrozen(locked, pack, built, bag);
  const refused =
    bag.list.some(({ code }) => code === 'LCK002') ||
    (options.requireTests === true && (await isUntested(pack, rulePaths(paths, loaded), loaded, bag, terminal)));
  terminal.progress(0, 0, 'writing packs');
  const made = refused ? undefined : pages?.pages();
  const artifacts = pack.outcomes.length > 0 && templates && made ? ((await artifactsOf(loaded, pack, made, templates, bag)) ?? []) : [];
  if (artifacts.length > 0) writeArtifacts(options.output, artifacts);
  const summary = summaryOf(counts, pack, options.output, artifacts, performance.now() - started);
  const context = { ...contextFor(terminal), failOn: config.failOn, summary };
  return report({ diagnostics: bag.list, format: options.format, verbose: options.verbose, context, terminal });
}

/** What tests need is loaded where they are asked for. */
async function isUntested(...given: Parameters<typeof import('./test-gate.ts').refuseUntested>): Promise<boolean> {
  const { refuseUntested } = await import('./test-gate.ts');
  return refuseUntested(...given);
}

function artifactsOf(
  { file }: LoadedConfig,
  pack: Pack,
  pages: PackPages,
  { templates, assets, custom }: LoadedTemplates,
  bag: DiagnosticBag,
): Promise<readonly Artifact[] | undefined> {
  return makeArtifacts({ pack, pages, templates: { templates }, customTemplates: custom, assets, toolVersion: toolVersion(), bag, configFile: file });
}

/** The command line has the last word. */
function adjusted(config: PackConfig, options: BuildOptions): PackConfig {
  if (options.target?.length === 0) throw new UsageError('--target names no target');
  return { ...config, ...(options.target ? { targets: [...new Set(options.target)] } : {}), ...(options.failOn ? { failOn: options.failOn } : {}) };
}

function reportFailure(diagnostics: readonly Diagnostic[], options: BuildOptions, terminal: Terminal): ExitCode {
  const context = contextFor(terminal);
  report({ diagnostics, format: options.format, verbose: options.verbose, context, terminal });
  return exitCodes.usage;
}

function summaryOf(counts: RuleCounts, pack: Pack, output: string, artifacts: readonly Artifact[], milliseconds: number): BuildSummary {
  const { info, targets } = pack.config;
  return {
    title: info.title,
    version: info.version,
    files: counts.files,
    rules: { read: counts.rules - pack.invalid, invalid: counts.invalid + pack.invalid, excluded: pack.excluded },
    targets: targets.map((target) => {
      const outcomes = pack.outcomes.map((outcome) => ({ enabled: outcome.detection.settings.enabled, result: outcome.targets.get(target) }));
      const compiled = outcomes.filter(({ result }) => result?.kind === 'compiled');
      const skipped = outcomes.flatMap(({ result }) => (result?.kind === 'skipped' ? result.reasons.slice(0, 1).map((reason) => reason.code) : []));
      return { target, compiled: compiled.length, enabled: compiled.filter(({ enabled }) => enabled).length, skipped: countSkipped(skipped) };
    }),
    artifacts: artifacts.map(({ path, size, sha256 }) => ({ path: `${output.replace(/\/$/, '')}/${path}`, size, sha256 })),
    milliseconds,
  };
}
