import { resolve } from 'node:path';
import { createPackPages } from '../docs/pack-pages.ts';
import { templateFault } from '../pack/artifacts.ts';
import type { PackConfig } from '../pack/config.ts';
import type { PackPages } from '../pack/detection-page.ts';
import { assemblePack, type Pack, type PackInput } from '../pack/pack.ts';
import { createRenderer } from '../pack/template.ts';
import type { Collection } from '../sigma/collection.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { LoadedConfig } from './config-file.ts';
import { loadRules } from './load.ts';
import type { LoadedTemplates } from './template-files.ts';
import type { Terminal } from './terminal.ts';

export interface RuleCounts {
  readonly files: number;
  readonly rules: number;
  readonly invalid: number;
}

/** The rules themselves stay behind: what is left of thousands is their queries and pages. */
export function compileRules(
  paths: readonly string[],
  input: Omit<PackInput, 'collection' | 'onProgress'>,
  terminal: Terminal,
): { pack: Pack; counts: RuleCounts; collection: Collection } {
  const { collection, files, invalid } = loadRules(paths, input.bag, terminal);
  const pack = assemblePack({ ...input, collection, onProgress: (done, total) => terminal.progress(done, total, 'compiling rules') });
  return { pack, counts: { files, rules: collection.rules.length, invalid }, collection };
}

interface PageList {
  readonly add: NonNullable<PackInput['onOutcome']>;
  /** Undefined where their template is at fault, which has been complained about. */
  readonly pages: () => PackPages | undefined;
}

export function createPageList({ targets }: PackConfig, { templates }: LoadedTemplates, bag: DiagnosticBag, { file }: LoadedConfig): PageList {
  const list = createPackPages(targets, createRenderer({ templates }));
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

/** Those of the command line in place of the configuration's, and the filters of the configuration. */
export function rulePaths(paths: readonly string[], { config, folder }: LoadedConfig): readonly string[] {
  return [...(paths.length > 0 ? paths : config.rules.map((path) => resolve(folder, path))), ...config.filters.map((path) => resolve(folder, path))];
}
