import { resolve } from 'node:path';
import type { ArtifactInput } from '../../artifact/artifacts.ts';
import { idleSettings } from '../../artifact/idle-settings.ts';
import { budgetErrors } from '../../artifact/schedule-budget.ts';
import type { PackPages } from '../../docs/detection-page.ts';
import { createPackPages } from '../../docs/pack-pages.ts';
import type { PackConfig } from '../../pack/config/config.ts';
import { nameKeys } from '../../pack/naming/name-text.ts';
import {
  type CompiledOutcome,
  compilePack,
  type Pack,
  type PackCompilation,
  type PackInput,
} from '../../pack/pack.ts';
import { warnOfFinalizers } from '../../pack/pipeline-report.ts';
import { createRenderer } from '../../pack/render/template.ts';
import { reportTemplateError } from '../../pack/render/template-error.ts';
import type { Collection } from '../../sigma/collection/collection.ts';
import type { OnRule } from '../../sigma/collection/document.ts';
import { counted } from '../../source/plural.ts';
import { readAgain, shownPath } from '../files/rule-files.ts';
import { toolVersion } from '../process/package-root.ts';
import { loadRules, streamRules } from './load.ts';
import { type Project, pathInPack, rulePaths } from './project.ts';
import { type LoadedTemplates, loadTemplates } from './template-files.ts';

export interface RuleCounts {
  readonly files: number;
  readonly rules: number;
  readonly invalid: number;
}

export interface RuleCompilation extends PackCompilation {
  /** Of the rules that were compiled. */
  readonly counts: () => RuleCounts;
}

/**
 * Compiles the rules of a project, or those of the paths, for its packs. The rules do not stay in
 * memory: all that is left of thousands is their queries and pages.
 */
export function compileRules(
  project: Project,
  paths: readonly string[],
  onRule?: OnRule,
): RuleCompilation {
  const keys = nameKeys(project.loaded.config.namePrefix);
  const { collection, rules, files, counts } = streamRules(
    rulePaths(project, paths),
    project.bag,
    project.terminal,
    keys,
    onRule,
  );
  return {
    ...compilationOf(project, { collection, rules, total: files }),
    counts: () => ({ files, ...counts }),
  };
}

/** As `compileRules`, with all rules in memory. */
export function compileCollection(
  project: Project,
  paths: readonly string[],
): PackCompilation & { readonly collection: Collection } {
  const { collection } = loadRules(rulePaths(project, paths), project.bag, project.terminal);
  return { ...compilationOf(project, { collection }), collection };
}

/**
 * Reports a pack without detections, and settings that change nothing in it. `paths`: of the
 * command line; `files`: how many were read.
 */
export function reportPack(
  project: Project,
  pack: Pack,
  paths: readonly string[],
  files: number,
): void {
  const { loaded, bag } = project;
  if (pack.outcomes.length === 0) reportNothing(project, paths, files);
  for (const diagnostic of idleSettings(pack, loaded.file)) bag.add(loaded.file, diagnostic);
}

/** Reports what a pack starts beyond its budgets. */
export function reportBudgets({ loaded, bag }: Project, pack: Pack): void {
  for (const message of budgetErrors(pack))
    bag.add(loaded.file, { code: 'PCK006', message, span: { start: 0, end: 0 } });
}

/** Reports it at the configuration, or without one at the rules that were looked for. */
function reportNothing({ loaded, bag }: Project, paths: readonly string[], files: number): void {
  const message = `no detection was made from ${counted(files, 'file')}`;
  const diagnostic = { code: 'PCK005', message, span: { start: 0, end: 0 } } as const;
  if (loaded.exists) {
    const hasOthers = bag.list.some(({ severity }) => severity === 'error');
    const own = hasOthers ? { hint: 'Mend the other errors first.' } : {};
    bag.add(loaded.file, { ...diagnostic, ...own });
  } else {
    const hint =
      'No sigpack.yml is here or above: go to the folder of the project, name the rules, or ' +
      'write a project with `sigpack init`.';
    bag.add(
      { path: shownPath(paths[0] ?? loaded.config.rules[0] ?? '.'), text: '' },
      { ...diagnostic, hint },
    );
  }
}

function compilationOf(
  project: Project,
  rules: Pick<PackInput, 'collection' | 'rules' | 'total'>,
): PackCompilation {
  const { loaded, bag, pipelines, history, terminal } = project;
  warnOfFinalizers(bag, [...pipelines.values()].flat());
  return compilePack({
    ...rules,
    config: withNamedPipelines(loaded.config, project.request.pipeline),
    bag,
    pipelines,
    history,
    onProgress: (done, total) => terminal.progress(done, total, 'compiling rules'),
  });
}

/**
 * The pipelines that `-p` names replace those of the configuration, also where the pack lists them.
 */
const withNamedPipelines = (
  config: PackConfig,
  named: readonly string[] | undefined,
): PackConfig =>
  named === undefined
    ? config
    : { ...config, pipelines: new Map(config.targets.map((target) => [target, named])) };

/** Sigpack's templates, some of them replaced by the project's. */
export const projectTemplates = ({ loaded: { config, folder } }: Project): LoadedTemplates =>
  loadTemplates(config.templates === undefined ? undefined : resolve(folder, config.templates));

/** What the artifacts of a project's pack are made of. */
export const artifactInput = (
  project: Project,
  pack: Pack,
  pages: PackPages,
  { templates, assets, custom }: LoadedTemplates,
): ArtifactInput => ({
  pack,
  pages,
  templates: { templates },
  customTemplates: custom,
  assets,
  toolVersion: toolVersion(),
  bag: project.bag,
  configFile: project.loaded.file,
  pathOf: (path) => pathInPack(project, path),
  ruleFile: readAgain,
});

interface PageList {
  readonly add: (outcome: CompiledOutcome) => void;
  /** Undefined where their template is wrong, which has been reported. */
  readonly pages: () => PackPages | undefined;
}

export function createPageList(
  { loaded: { config, file }, bag, pipelines }: Project,
  { templates }: LoadedTemplates,
): PageList {
  const inSplunk = pipelines.get('splunk') ?? [];
  const list = createPackPages(config.targets, createRenderer({ templates }), inSplunk.length > 0);
  let sound = true;
  return {
    add(outcome) {
      if (!sound) return;
      try {
        list.add(outcome);
      } catch (error) {
        reportTemplateError(error, bag, file);
        sound = false;
      }
    },
    pages: () => (sound ? list.all() : undefined),
  };
}
