import { resolve } from 'node:path';
import type { PackConfig } from '../../../pack/config/config.ts';
import { defaultConfig } from '../../../pack/config/config.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { createBag, type Diagnostic } from '../../../source/diagnostic.ts';
import type { SourceFile } from '../../../source/span.ts';
import { CommandError } from '../../error/command-error.ts';
import { loadConfig, withoutConfig } from '../../files/config-file.ts';
import { findConfig } from '../../files/find-config.ts';
import { findFiles } from '../../files/find-files.ts';
import { isRuleFile, readRuleFile } from '../../files/rule-files.ts';
import { pipelinesByTarget } from '../../project/pipeline-choice.ts';
import { rulePaths } from '../../project/project.ts';

/** What a configuration says, and the rules that it names. */
export interface LoadedProject {
  readonly config: PackConfig;
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  readonly files: readonly SourceFile[];
  /** About the configuration and its pipelines. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why there is no configuration, or not all of it, for the user. */
  readonly error: string | undefined;
}

/** The project of the working directory. What is wrong with it leaves the defaults in place. */
export async function loadProject(named: string | undefined): Promise<LoadedProject> {
  const bag = createBag();
  const errors: string[] = [];
  const attempt = <T>(run: () => T): T | undefined => {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push(error.message);
      return undefined;
    }
  };
  const path = attempt(() => findConfig(named));
  const found = loadConfig(path);
  if (!found.ok) bag.list.push(...found.error);
  const loaded = found.ok ? found.value : withoutConfig(resolve('.'));
  const pipelines = await pipelinesByTarget(loaded.config.targets, undefined, loaded, bag).catch(
    (error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      errors.push(error.message);
      return undefined;
    },
  );
  const lists = rulePaths({ loaded });
  // without a configuration, the rules are wherever they are
  const anywhere = [{ entries: ['.'] }];
  const paths = loaded.exists ? lists : { ...lists, lists: anywhere };
  const files = attempt(() => findFiles(paths, isRuleFile, createBag())) ?? [];
  const config = found.ok ? loaded.config : defaultConfig();
  // where nobody has chosen field names, Sigma's own are better than nothing
  const chosen = config.targets.filter((target) => pipelines?.has(target));
  return {
    config: chosen.length === 0 ? config : { ...config, targets: chosen },
    pipelines: pipelines ?? new Map(),
    files: files.flatMap((file) => readRuleFile(file.path, false, createBag()) ?? []),
    diagnostics: bag.list,
    error: errors.length === 0 ? undefined : errors.join('\n'),
  };
}
