import { resolve } from 'node:path';
import { createPackPages } from '../docs/pack-pages.ts';
import { templateFault } from '../pack/artifacts.ts';
import type { PackPages } from '../pack/detection-page.ts';
import { assemblePack, type Pack, type PackInput } from '../pack/pack.ts';
import { createRenderer } from '../pack/template.ts';
import type { Collection } from '../sigma/collection.ts';
import { loadRules } from './load.ts';
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
  readonly collection: Collection;
}

/**
 * The rules of a project, or those of the paths, as its packs have them. The rules themselves stay behind: what is left of thousands is their
 * queries and pages.
 */
export function compileRules(project: Project, paths: readonly string[], onOutcome?: PackInput['onOutcome']): CompiledRules {
  const { loaded, bag, pipelines, history, terminal } = project;
  const { collection, files, invalid } = loadRules(rulePaths(project, paths), bag, terminal);
  const pack = assemblePack({
    collection,
    config: loaded.config,
    bag,
    pipelines,
    history,
    onProgress: (done, total) => terminal.progress(done, total, 'compiling rules'),
    ...(onOutcome ? { onOutcome } : {}),
  });
  return { pack, counts: { files, rules: collection.rules.length, invalid }, collection };
}

/** Sigpack's templates, with those of the project in place of them. */
export const projectTemplates = ({ loaded: { config, folder } }: Project): LoadedTemplates =>
  loadTemplates(config.templates === undefined ? undefined : resolve(folder, config.templates));

interface PageList {
  readonly add: NonNullable<PackInput['onOutcome']>;
  /** Undefined where their template is at fault, which has been complained about. */
  readonly pages: () => PackPages | undefined;
}

export function createPageList({ loaded: { config, file }, bag }: Project, { templates }: LoadedTemplates): PageList {
  const list = createPackPages(config.targets, createRenderer({ templates }));
  let sound = true;
  return {
    add(...given) {
      if (!sound) return;
      try {
        list.add(...given);
      } catch (error) {
        templateFault(error, bag, file);
        sound = false;
      }
    },
    pages: () => (sound ? list.all() : undefined),
  };
}
