import { resolve } from 'node:path';
import { jinjaError } from '../../artifact/artifacts.ts';
import { idleSettings } from '../../artifact/idle-settings.ts';
import { budgetErrors } from '../../artifact/schedule-budget.ts';
import type { PackPages } from '../../docs/detection-page.ts';
import { createPackPages } from '../../docs/pack-pages.ts';
import type { PackConfig } from '../../pack/config/config.ts';
import { nameKeys } from '../../pack/naming/name-text.ts';
import { assemblePack, type Pack, type PackInput } from '../../pack/pack.ts';
import { warnOfFinalizers } from '../../pack/pipeline-report.ts';
import { createRenderer } from '../../pack/render/template.ts';
import type { Collection } from '../../sigma/collection/collection.ts';
import type { OnRule } from '../../sigma/collection/document.ts';
import { loadRules, streamRules } from './load.ts';
import { type Project, rulePaths } from './project.ts';
import { type LoadedTemplates, loadTemplates } from './template-files.ts';

export interface RuleCounts {
  readonly files: number;
  readonly rules: number;
  readonly invalid: number;
}

export interface CompiledRules {
  readonly pack: Pack;
  readonly counts: RuleCounts;
}

/**
 * The rules of a project, or those of the paths, as its packs have them. The rules themselves stay
 * behind: what is left of thousands is their queries and pages.
 */
export function compileRules(
  project: Project,
  paths: readonly string[],
  onOutcome?: PackInput['onOutcome'],
  onRule?: OnRule,
): CompiledRules {
  const keys = nameKeys(project.loaded.config.namePrefix);
  const { collection, rules, files, counts } = streamRules(
    rulePaths(project, paths),
    project.bag,
    project.terminal,
    keys,
    onRule,
  );
  const pack = packOf(project, { collection, rules, total: files }, onOutcome);
  return { pack, counts: { files, ...counts } };
}

/** As `compileRules`, with the rules, for who needs them once more. */
export function compileCollection(
  project: Project,
  paths: readonly string[],
  onOutcome?: PackInput['onOutcome'],
): { pack: Pack; collection: Collection } {
  const { collection } = loadRules(rulePaths(project, paths), project.bag, project.terminal);
  return { pack: packOf(project, { collection }, onOutcome), collection };
}

/** Of what a pack starts beyond its budgets, and of settings that change nothing in it. */
export function reportPack({ loaded, bag }: Project, pack: Pack): void {
  for (const diagnostic of idleSettings(pack, loaded.file)) bag.add(loaded.file, diagnostic);
  for (const message of budgetErrors(pack))
    bag.add(loaded.file, { code: 'PCK006', message, span: { start: 0, end: 0 } });
}

function packOf(
  project: Project,
  rules: Pick<PackInput, 'collection' | 'rules' | 'total'>,
  onOutcome: PackInput['onOutcome'],
): Pack {
  const { loaded, bag, pipelines, history, terminal } = project;
  warnOfFinalizers(bag, [...pipelines.values()].flat());
  return assemblePack({
    ...rules,
    config: withNamedPipelines(loaded.config, project.request.pipeline),
    bag,
    pipelines,
    history,
    onProgress: (done, total) => terminal.progress(done, total, 'compiling rules'),
    ...(onOutcome ? { onOutcome } : {}),
  });
}

/**
 * What `-p` names takes the place of what the configuration says, in the pack's own account of it
 * too.
 */
const withNamedPipelines = (
  config: PackConfig,
  named: readonly string[] | undefined,
): PackConfig =>
  named === undefined
    ? config
    : { ...config, pipelines: new Map(config.targets.map((target) => [target, named])) };

/** Sigpack's templates, with those of the project in place of them. */
export const projectTemplates = ({ loaded: { config, folder } }: Project): LoadedTemplates =>
  loadTemplates(config.templates === undefined ? undefined : resolve(folder, config.templates));

interface PageList {
  readonly add: NonNullable<PackInput['onOutcome']>;
  /** Undefined where their template is wrong, which has been reported. */
  readonly pages: () => PackPages | undefined;
}

export function createPageList(
  { loaded: { config, file }, bag }: Project,
  { templates }: LoadedTemplates,
): PageList {
  const list = createPackPages(config.targets, createRenderer({ templates }));
  let sound = true;
  return {
    add(...given) {
      if (!sound) return;
      try {
        list.add(...given);
      } catch (error) {
        jinjaError(error, bag, file);
        sound = false;
      }
    },
    pages: () => (sound ? list.all() : undefined),
  };
}
