import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readConfig } from '../pack/config.ts';
import { createBag } from '../source/diagnostic.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { nearestFolder } from './folder-place.ts';
import { type InitFile, initFiles, packIdFrom } from './init.ts';
import { toolVersion } from './package-root.ts';
import { shownPath } from './rule-files.ts';
import { loadTemplates } from './template-files.ts';

export interface InitCommandOptions {
  readonly id?: string;
  readonly title?: string;
  readonly author?: string;
  readonly force: boolean;
}

/** `sigpack init`: writes a configuration, a starter rule and CI files; never over files that are there. */
export function init(folder: string, options: InitCommandOptions): ExitCode {
  const name = basename(resolve(folder));
  const title = options.title ?? `${name} detections`;
  const { templates } = loadTemplates(undefined);
  const made = initFiles(
    {
      id: options.id ?? packIdFrom(name),
      title,
      description: `Detections of ${name}, compiled from Sigma rules.`,
      author: options.author ?? 'Security operations',
      toolVersion: toolVersion(),
    },
    { templates },
  );
  checkConfig(made);
  // one that is there already may well ignore dist/
  const files = made.filter(({ path }) => path !== '.gitignore' || !existsSync(join(folder, path)));
  const taken = files.map((file) => join(folder, file.path)).filter((path) => existsSync(path));
  if (taken.length > 0 && !options.force) throw new UsageError(`${taken.map(shownPath).join(', ')} exist already; --force replaces them`);
  for (const { path, content } of files) {
    const target = join(folder, path);
    nearestFolder(dirname(target));
    mkdirSync(dirname(target), { recursive: true });
    writeNew(target, content, options.force);
    process.stdout.write(`wrote ${shownPath(target)}\n`);
  }
  process.stdout.write('Next: sigpack build\n');
  return exitCodes.success;
}

/** Not over a file that another `sigpack init` has just written. */
function writeNew(path: string, content: string, force: boolean): void {
  try {
    writeFileSync(path, content, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new UsageError(`${shownPath(path)} exists already; --force replaces it`);
  }
}

/** What the options say must be a configuration that the next command takes. */
function checkConfig(files: readonly InitFile[]): void {
  const bag = createBag();
  for (const { path, content } of files) if (path === 'sigpack.yml') readConfig({ path, text: content }, bag);
  const wrong = bag.list.find(({ severity }) => severity === 'error');
  if (wrong) throw new UsageError(`the configuration would be invalid: ${wrong.message}`);
}
