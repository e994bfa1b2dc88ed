import { isAbsolute } from 'node:path';
import { defaultConfig, type PackConfig, type Target } from '../../pack/config/config.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { createBag, type DiagnosticBag } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { CommandError } from '../error/command-error.ts';
import { type ExitCode, exitCodes } from '../error/exit-code.ts';
import { type LoadedConfig, loadConfig } from '../files/config-file.ts';
import { configName, findConfig } from '../files/find-config.ts';
import { configuredList, givenList, type PathLists } from '../files/path-list.ts';
import { statsOf } from '../files/path-stats.ts';
import { shownPath } from '../files/rule-files.ts';
import { type PluginSections, readPluginSettings } from '../plugin/settings.ts';
import { type Locked, type LockOptions, withLock, withoutLock } from '../release/lock-file.ts';
import { ofOneVersion, reportRelease } from '../release/reader.ts';
import type { ReportFormat } from '../report/format-names.ts';
import type { BuildSummary } from '../report/summary.ts';
import { configurationLine, contextFor, report } from '../terminal/report.ts';
import { createTerminal, type Terminal } from '../terminal/terminal.ts';
import { pipelinesByTarget } from './pipeline-choice.ts';
import { reportUnchosen } from './unchosen.ts';

/** What a command needs of the project that it works on. */
export interface ProjectRequest {
  /** `-c`. */
  readonly config?: string | undefined;
  /** `-p`: in place of the pipelines of the configuration. */
  readonly pipeline?: readonly string[] | undefined;
  /**
   * Targets whose pipelines the rules go through. Default: the targets of the packs, except those
   * whose field names nobody has chosen (PIP012).
   */
  readonly targets?: readonly string[];
  /**
   * Report targets whose field names nobody has chosen only in a project, as nothing is built of
   * them: without a configuration, nobody has named the targets either.
   */
  readonly checksOnly?: boolean;
  /** Compare packs as they were built: with Sigma's own names where nobody has chosen others. */
  readonly compares?: boolean;
  /**
   * Rules of the command line; an empty list means those of the configuration. Undefined: the
   * command takes no rules.
   */
  readonly rules?: readonly string[];
  /** What can be set of the targets of plugins that the command has loaded. */
  readonly sections?: PluginSections;
  /** What the command line puts in place of parts of the configuration. */
  readonly adjust?: (config: PackConfig) => PackConfig;
  /** Without it, the lock is not read: the command needs no published name or version. */
  readonly lock?: LockOptions;
}

/** Configuration, diagnostics, lock and pipelines: what every command works with. */
export interface Project extends Locked {
  readonly request: ProjectRequest;
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  /** Settings of targets of plugins, by their names. */
  readonly pluginSettings: ReadonlyMap<string, unknown>;
  /** Targets of the configuration that are not built, since nobody has chosen their field names. */
  readonly unchosen: readonly Target[];
  readonly bag: DiagnosticBag;
  readonly terminal: Terminal;
}

/** The form in which a command answers. */
export interface Answer {
  readonly format: ReportFormat;
  readonly verbose: boolean;
  /**
   * Where the path of the configuration is shown: first on standard output; or under --verbose on
   * standard error, where standard output is data.
   */
  readonly names?: 'first' | 'verbose';
}

/**
 * Opens the project of the command line. The error is the exit code of a project that cannot be
 * used, which has been reported.
 */
export async function openProject(
  request: ProjectRequest,
  answer: Answer,
): Promise<Result<Project, ExitCode>> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const path = findConfig(request.config);
  nameConfiguration(path, answer);
  if (path === undefined && request.rules?.length === 0) refuseEmptyFolder();
  const { project, bag } = await ofOneVersion(path, () => read(path, request, terminal));
  if (project) return ok(project);
  const context = {
    ...contextFor(terminal),
    configuration: path === undefined ? null : shownPath(path),
  };
  report({
    diagnostics: bag.list,
    format: answer.format,
    verbose: answer.verbose,
    context,
    terminal,
  });
  return failed(exitCodes.usage);
}

interface Reading {
  readonly project: Project | undefined;
  readonly bag: DiagnosticBag;
}

async function read(
  path: string | undefined,
  request: ProjectRequest,
  terminal: Terminal,
): Promise<Reading> {
  const loaded = loadConfig(path);
  const bag = createBag(loaded.ok ? loaded.value.config.severities : undefined);
  if (loaded.ok) return { project: await projectOf(loaded.value, request, bag, terminal), bag };
  bag.list.push(...loaded.error);
  return { project: undefined, bag };
}

/**
 * The project of a configuration that was read; undefined where it cannot be used, which `bag` then
 * reports.
 */
export async function projectOf(
  written: LoadedConfig,
  request: ProjectRequest,
  bag: DiagnosticBag,
  terminal: Terminal,
): Promise<Project | undefined> {
  // with the severities that the configuration itself sets
  for (const { file, ...warning } of written.warnings) bag.add(file, warning);
  const locked = request.lock ? withLock(written, bag, request.lock) : withoutLock(written);
  // checked last: what was read before a release began to write is of one version
  if (reportRelease(written.folder, written.file, bag)) return undefined;
  const pluginSettings = await readPluginSettings(written, request.sections ?? new Map(), bag);
  if (!locked || !pluginSettings) return undefined;
  const { loaded } = locked;
  const config = request.adjust?.(loaded.config) ?? loaded.config;
  const adjusted = { ...locked, loaded: { ...loaded, config } };
  const pipelines = await pipelinesByTarget(
    request.targets ?? config.targets,
    request.pipeline,
    adjusted.loaded,
    bag,
  );
  if (!pipelines) return undefined;
  const unchosen =
    request.targets === undefined && request.compares !== true
      ? config.targets.filter((target) => !pipelines.has(target))
      : [];
  if (loaded.exists || request.checksOnly !== true)
    reportUnchosen(unchosen, adjusted.loaded, request.rules, bag, request.pipeline);
  const targets = config.targets.filter((target) => !unchosen.includes(target));
  return {
    ...adjusted,
    loaded: { ...adjusted.loaded, config: { ...config, targets } },
    request,
    pipelines,
    pluginSettings,
    unchosen,
    bag,
    terminal,
  };
}

/**
 * Reports the diagnostics of the project's bag as its configuration wants, and returns the exit
 * code.
 */
export function reportProject(
  { bag, terminal, loaded }: Project,
  { format, verbose, names }: Answer,
  summary?: BuildSummary,
): ExitCode {
  const context = {
    ...contextFor(terminal),
    failOn: loaded.config.failOn,
    configuration: shownConfiguration(loaded),
    ...(summary ? { summary } : {}),
  };
  return report({
    diagnostics: bag.list,
    format,
    verbose,
    countsNotes: names !== 'verbose',
    context,
    terminal,
  });
}

/** Null without a configuration. */
export const shownConfiguration = ({ exists, file }: LoadedConfig): string | null =>
  exists ? file.path : null;

/**
 * A path as packs name it: relative to the project's folder if it is below that, so that the
 * working directory makes no difference.
 */
export function pathInPack({ history }: Project, path: string): string {
  const inside = history.pathOf(path);
  return isAbsolute(inside) ? path : inside;
}

/** The paths of the rules of the command line, or else of the configuration, with its filters. */
export function rulePaths(
  { loaded }: Pick<Project, 'loaded'>,
  paths: readonly string[] = [],
): PathLists {
  const { folder: home, file: configuration } = loaded;
  return {
    lists: [
      paths.length > 0 ? givenList(paths) : configuredList(loaded, 'rules'),
      configuredList(loaded, 'filters'),
    ],
    home,
    configuration,
  };
}

/** Without a configuration and rules, only a new project helps. */
function refuseEmptyFolder(): void {
  if (defaultConfig().rules.every((path) => statsOf(path) === undefined))
    throw new CommandError(`no ${configName} or rules here; run \`sigpack init\``);
}

function nameConfiguration(path: string | undefined, { format, verbose, names }: Answer): void {
  if (format !== 'text' || names === undefined || (names === 'verbose' && !verbose)) return;
  const stream = names === 'first' ? process.stdout : process.stderr;
  stream.write(configurationLine(path, createTerminal(stream, process.env, () => 0).paint));
}
