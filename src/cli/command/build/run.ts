import { join } from 'node:path';
import { type Artifact, artifactsOf } from '../../../artifact/artifacts.ts';
import { madeFor } from '../../../artifact/made-for.ts';
import { loadOf } from '../../../artifact/schedule-budget.ts';
import type { FailOn, PackConfig, Target } from '../../../pack/config/config.ts';
import { enabledIds } from '../../../pack/config/enabled.ts';
import type { LintPreset } from '../../../pack/config/lint-preset.ts';
import type { Pack } from '../../../pack/pack.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import type { LoadedConfig } from '../../files/config-file.ts';
import { shownPath } from '../../files/rule-files.ts';
import { optimizeLate } from '../../process/optimize-late.ts';
import { keepNurserySmall } from '../../process/small-nursery.ts';
import {
  artifactInput,
  compileRules,
  createPageList,
  projectTemplates,
  type RuleCounts,
  reportBudgets,
  reportPack,
} from '../../project/compile-rules.ts';
import { lintOf } from '../../project/lint.ts';
import { openProject, reportProject } from '../../project/project.ts';
import type { ReportFormat } from '../../report/format-names.ts';
import { roomierSetting, type TargetLoad } from '../../report/load-lines.ts';
import { type BuildSummary, countSkipped } from '../../report/summary.ts';
import { writeArtifacts } from '../../write/artifacts.ts';

export interface BuildOptions {
  readonly config?: string;
  readonly target?: readonly Target[];
  /** Default: dist/packs in the project's folder. */
  readonly output?: string;
  readonly format: ReportFormat;
  readonly failOn?: FailOn;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly verbose: boolean;
  /** Write nothing if a rule is not tested. */
  readonly requireTests?: boolean;
  /** Write nothing if the build differs from the lock. */
  readonly frozen?: boolean;
  /** Compile and check, write nothing. */
  readonly dryRun: boolean;
  /** In place of that of the configuration. */
  readonly preset?: LintPreset;
}

/** `sigpack build` and `sigpack check`. */
export async function build(paths: readonly string[], options: BuildOptions): Promise<ExitCode> {
  const started = performance.now();
  optimizeLate();
  keepNurserySmall();
  if (options.frozen === true && paths.length > 0)
    throw new CommandError('--frozen builds what the configuration names; give no rules');
  const answer = { ...options, names: 'first' } as const;
  const adjust = (config: PackConfig): PackConfig => adjusted(config, options);
  const opened = await openProject(
    {
      config: options.config,
      pipeline: options.pipeline,
      adjust,
      rules: paths,
      checksOnly: options.dryRun && options.target === undefined,
      lock: { retire: paths.length === 0 },
    },
    answer,
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { loaded, terminal, history, unchosen } = project;
  const output = options.output ?? defaultOutput(loaded);
  // comparing is loaded only if it is wanted
  const frozen = options.frozen === true ? await frozenCheck() : undefined;
  const built = frozen?.createBuilt(loaded.config.info, { pathOf: history.pathOf, details: false });
  const templates = options.dryRun ? undefined : projectTemplates(project);
  const pages = templates ? createPageList(project, templates) : undefined;
  const lint = await lintOf(project, paths, options.dryRun);
  const compilation = compileRules(project, paths, lint?.onRule);
  for (const outcome of compilation.outcomes) {
    pages?.add(outcome);
    built?.add(outcome);
    lint?.onOutcome(outcome);
  }
  const pack = compilation.pack();
  const counts = compilation.counts();
  lint?.finish();
  reportPack(project, pack, paths, counts.files);
  reportBudgets(project, pack);
  // every rule would differ from a target that is left out
  const differs = built && unchosen.length === 0 && !frozen?.isAsLocked(project, pack, built);
  const refused =
    loaded.config.targets.length === 0 ||
    (options.frozen === true && unchosen.length > 0) ||
    differs === true ||
    (options.requireTests === true && (await isUntested(project, pack, paths)));
  terminal.progress(0, 0, 'writing packs');
  const rendered = refused ? undefined : pages?.pages();
  const written =
    pack.outcomes.length > 0 && templates && rendered
      ? await artifactsOf(artifactInput(project, pack, rendered, templates))
      : undefined;
  const artifacts = written?.artifacts ?? [];
  if (artifacts.length > 0) writeArtifacts(output, artifacts);
  return reportProject(
    project,
    answer,
    summaryOf(counts, written?.pack ?? pack, output, artifacts, performance.now() - started),
  );
}

/** Loads what `--frozen` needs. */
async function frozenCheck() {
  const [{ createBuilt }, { isAsLocked }] = await Promise.all([
    import('../../../release/snapshot.ts'),
    import('../../release/frozen.ts'),
  ]);
  return { createBuilt, isAsLocked };
}

/** In the project's folder: the same place, whichever folder in it the command is run from. */
const defaultOutput = ({ folder }: LoadedConfig): string =>
  shownPath(join(folder, 'dist', 'packs'));

/** Loads what `--require-tests` needs. */
async function isUntested(
  ...given: Parameters<typeof import('../../rule-test/gate.ts').refuseUntested>
): Promise<boolean> {
  const { refuseUntested } = await import('../../rule-test/gate.ts');
  return refuseUntested(...given);
}

/** The configuration, as the options of the command line change it. */
function adjusted(config: PackConfig, options: BuildOptions): PackConfig {
  if (options.target?.length === 0) throw new CommandError('--target names no target');
  const { target, failOn, preset } = options;
  return {
    ...config,
    ...(target ? { targets: [...new Set(target)] } : {}),
    ...(failOn ? { failOn } : {}),
    ...(preset ? { lint: { ...config.lint, preset } } : {}),
  };
}

/** Without `grouping`, nothing. */
const groupedIn = ({ config, groups: { groups, groupOf } }: Pack): Pick<TargetLoad, 'grouped'> =>
  config.splunk.grouping === 'none'
    ? {}
    : { grouped: { detections: groupOf.size, searches: groups.length } };

function summaryOf(
  counts: RuleCounts,
  pack: Pack,
  output: string,
  artifacts: readonly Artifact[],
  milliseconds: number,
): BuildSummary {
  const { info, targets } = pack.config;
  return {
    title: info.title,
    version: info.version,
    files: counts.files,
    rules: {
      read: counts.rules - pack.invalid,
      invalid: counts.invalid + pack.invalid,
      excluded: pack.excluded,
    },
    targets: targets.map((target) => {
      const results = pack.outcomes.map((outcome) => outcome.targets.get(target));
      const compiled = results.filter((result) => result?.kind === 'compiled');
      const skipped = results.flatMap((result) =>
        result?.kind === 'skipped' ? result.reasons.slice(0, 1).map((reason) => reason.code) : [],
      );
      return {
        target,
        compiled: compiled.length,
        enabled: enabledIds(pack, target).size,
        skipped: countSkipped(skipped),
        load: {
          ...loadOf(pack, target),
          leftOff: pack.leftOff[target],
          roomier: roomierSetting(target, pack.config),
          ...(target === 'splunk' ? groupedIn(pack) : {}),
        },
      };
    }),
    madeFor: madeFor(pack),
    artifacts: artifacts.map(({ path, size, sha256 }) => ({
      path: `${output.replace(/\/$/, '')}/${path}`,
      size,
      sha256,
    })),
    milliseconds,
  };
}
