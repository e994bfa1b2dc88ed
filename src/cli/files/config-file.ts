import { dirname, resolve } from 'node:path';
import { defaultConfig, type PackConfig, readConfig } from '../../pack/config/config.ts';
import { createBag, type Diagnostic } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import type { SourceFile } from '../../source/span.ts';
import { configName } from './find-config.ts';
import { readSourceFile } from './rule-files.ts';

export interface LoadedConfig {
  readonly config: PackConfig;
  readonly file: SourceFile;
  /** False: there is no configuration, and these are the defaults. */
  readonly exists: boolean;
  /** Folder that the paths in the configuration are relative to. */
  readonly folder: string;
  /** Warnings about a valid configuration. */
  readonly warnings: readonly Diagnostic[];
}

/** The defaults, for a folder of nothing but rules. */
export const withoutConfig = (folder: string): LoadedConfig => ({
  config: defaultConfig(),
  file: { path: configName, text: '' },
  exists: false,
  folder,
  warnings: [],
});

/**
 * The configuration in a file, or the defaults without a path. The error: what is wrong with the
 * file.
 */
export function loadConfig(path: string | undefined): Result<LoadedConfig, readonly Diagnostic[]> {
  if (path === undefined) return ok(withoutConfig(process.cwd()));
  const bag = createBag();
  const file = readSourceFile(path, bag);
  const config = file && readConfig(file, bag);
  return file && config
    ? ok({ config, file, exists: true, folder: dirname(resolve(path)), warnings: bag.list })
    : failed(bag.list);
}
