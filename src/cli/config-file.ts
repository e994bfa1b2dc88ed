import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { defaultConfig, type PackConfig, readConfig } from '../pack/config.ts';
import { createBag, type Diagnostic } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { UsageError } from './exit-code.ts';
import { finishRelease } from './release-files.ts';
import { readSourceFile, shownPath } from './rule-files.ts';

export interface LoadedConfig {
  readonly config: PackConfig;
  readonly file: SourceFile;
  /** Folder that the paths in the configuration are relative to. */
  readonly folder: string;
  /** What to know about a configuration that holds. */
  readonly warnings: readonly Diagnostic[];
}

/** The defaults, for a folder of nothing but rules. */
export const withoutConfig = (folder: string): LoadedConfig => ({ config: defaultConfig(), file: { path: 'sigpack.yml', text: '' }, folder, warnings: [] });

/** sigpack.yml as named, or of the working directory, or the defaults where there is none. Diagnostics when it is wrong. */
export function loadConfig(path: string | undefined): LoadedConfig | readonly Diagnostic[] {
  const wanted = path ?? 'sigpack.yml';
  finishRelease(dirname(resolve(wanted)));
  if (!existsSync(wanted)) {
    if (path !== undefined) throw new UsageError(`there is no configuration file ${shownPath(path)}`);
    return withoutConfig(process.cwd());
  }
  const bag = createBag();
  const file = readSourceFile(wanted, bag);
  const config = file && readConfig(file, bag);
  return file && config ? { config, file, folder: dirname(resolve(wanted)), warnings: bag.list } : bag.list;
}
