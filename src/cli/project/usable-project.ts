import { resolve } from 'node:path';
import type { PackConfig } from '../../pack/config/config.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { createBag, type Diagnostic } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import { CommandError } from '../error/command-error.ts';
import { loadConfig, withoutConfig } from '../files/config-file.ts';
import { findConfig } from '../files/find-config.ts';
import { findFiles } from '../files/find-files.ts';
import { isRuleFile, readRuleFile, shownPath } from '../files/rule-files.ts';
import { pipelinesByTarget } from './pipeline-choice.ts';
import { rulePaths } from './project.ts';

/** What a configuration says, and the rules that it names. */
export interface UsableProject {
  readonly config: PackConfig;
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  readonly files: readonly SourceFile[];
  /** The configuration's, as diagnostics show it. */
  readonly configPath: string | undefined;
  /** The configuration's; undefined without one, or where an error keeps it from being used. */
  readonly configFile: SourceFile | undefined;
  /** About the configuration and its pipelines. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why there is no configuration, or not all of it, for the user. */
  readonly error: string | undefined;
}

/** The project of the working directory. What is wrong with it leaves the defaults in place. */
export async function loadUsableProject(named: string | undefined): Promise<UsableProject> {
  const errors: string[] = [];
  const attempt = async <T>(run: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push(error.message);
      return undefined;
    }
  };
  const path = await attempt(() => findConfig(named));
  const found = loadConfig(path);
  const loaded = found.ok ? found.value : withoutConfig(resolve('.'));
  const { config } = loaded;
  const bag = createBag(config.severities);
  if (!found.ok) bag.list.push(...found.error);
  for (const { file, ...warning } of loaded.warnings) bag.add(file, warning);
  const pipelines = await attempt(() => pipelinesByTarget(config.targets, undefined, loaded, bag));
  const lists = rulePaths({ loaded });
  // without a configuration, the rules are wherever they are
  const anywhere = [{ entries: ['.'] }];
  const paths = loaded.exists ? lists : { ...lists, lists: anywhere };
  const files = (await attempt(() => findFiles(paths, isRuleFile, createBag()))) ?? [];
  // where nobody has chosen field names, Sigma's own are better than nothing
  const chosen = config.targets.filter((target) => pipelines?.has(target));
  return {
    config: chosen.length === 0 ? config : { ...config, targets: chosen },
    pipelines: pipelines ?? new Map(),
    files: files.flatMap((file) => readRuleFile(file.path, false, createBag()) ?? []),
    configPath: path === undefined ? undefined : shownPath(resolve(path)),
    configFile: loaded.exists ? loaded.file : undefined,
    diagnostics: bag.list,
    error: errors.length === 0 ? undefined : errors.join('\n'),
  };
}
