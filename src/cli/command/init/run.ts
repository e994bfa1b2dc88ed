import { existsSync, type Stats, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readConfig } from '../../../pack/config/config.ts';
import { createBag } from '../../../source/diagnostic.ts';
import { CommandError } from '../../error/command-error.ts';
import { errorCode } from '../../error/error-code.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { configName } from '../../files/find-config.ts';
import { nearestFolder } from '../../files/folder-place.ts';
import { makeFolders } from '../../files/make-folders.ts';
import { entryStatsOf } from '../../files/path-stats.ts';
import { shownPath } from '../../files/rule-files.ts';
import { isFromRegistry, toolVersion } from '../../process/package-root.ts';
import { loadTemplates } from '../../project/template-files.ts';
import { printText } from '../../terminal/guarded.ts';
import { answersOf, type ChoiceOptions } from './choices.ts';
import { nextSteps, ownTarball } from './next-steps.ts';
import { type InitFile, initFiles, initPaths, packIdFrom } from './project-files.ts';
import { askTheRest } from './questions.ts';

export interface InitCommandOptions extends ChoiceOptions {
  readonly id?: string;
  readonly title?: string;
  readonly author?: string;
  readonly package?: string;
  readonly force: boolean;
  /** Build the packs at once. */
  readonly build: boolean;
}

/**
 * `sigpack init`: asks which products the rules are for, writes a configuration, a starter rule and
 * CI files, never over existing files, and builds the packs.
 */
export async function init(folder: string, options: InitCommandOptions): Promise<ExitCode> {
  const name = basename(resolve(folder));
  const isSaid = /\bdetections$/i.test(name);
  const title = options.title ?? (isSaid ? name : `${name} detections`);
  const { templates } = loadTemplates(undefined);
  const spec = packageSpec(options.package, folder);
  refuseTitle(title);
  const given = answersOf(options);
  if (!given.ok) throw new CommandError(given.error);
  refuseTaken(folder, options.force);
  const answers = await askTheRest(given.value);
  const generated = initFiles(
    {
      id: options.id ?? packIdFrom(name),
      title,
      description: `Detections${isSaid ? '' : ` of ${name},`} compiled from Sigma rules.`,
      author: options.author ?? 'Security operations',
      package: spec,
      answers,
    },
    { templates },
  );
  checkConfig(generated);
  // existing ones are the user's: npm writes to package.json, and .gitignore may well ignore dist/
  // already
  const files = generated.filter(
    ({ path }) => !keptFiles.includes(path) || !existsSync(join(folder, path)),
  );
  refuseTaken(folder, options.force);
  withoutInterruption(() => {
    for (const { path, content } of files) {
      const target = join(folder, path);
      nearestFolder(dirname(target));
      makeFolders(dirname(target));
      writeNew(target, content, options.force);
      printText(`wrote ${shownPath(target)}\n`);
    }
  });
  printText(nextSteps(folder, spec, options.build));
  if (!options.build) return exitCodes.success;
  printText('\n');
  // loaded only if it is wanted
  const { build } = await import('../build/run.ts');
  return build([], {
    config: join(folder, configName),
    format: 'text',
    verbose: false,
    dryRun: false,
  });
}

/**
 * Refuses what is in the way before anything is written: half a project is harder to mend than
 * none, and a link leads to a folder that nobody named.
 */
function refuseInTheWay(folder: string): void {
  nearestFolder(folder);
  for (const path of initPaths) {
    const parts = path.split('/');
    for (const [index] of parts.entries()) {
      const at = join(folder, ...parts.slice(0, index + 1));
      const stats = entryStatsOf(at);
      const isLast = index === parts.length - 1;
      if (stats === undefined) break;
      refuseOtherThan(isLast ? 'file' : 'folder', at, stats);
    }
  }
}

function refuseOtherThan(needed: 'file' | 'folder', path: string, stats: Stats): void {
  if (stats.isSymbolicLink())
    throw new CommandError(
      `${shownPath(path)} is a link; init writes through none: name the folder that it leads ` +
        'to, or remove it',
    );
  if (needed === 'file' ? !stats.isFile() : !stats.isDirectory())
    throw new CommandError(
      `${shownPath(path)} is a ${stats.isDirectory() ? 'folder' : 'file'}; a ${needed} is ` +
        'needed there',
    );
}

/** Also called before the questions, so that nobody answers them in vain. */
function refuseTaken(folder: string, force: boolean): void {
  refuseInTheWay(folder);
  const taken = initPaths
    .filter((path) => !keptFiles.includes(path) && existsSync(join(folder, path)))
    .map((path) => shownPath(join(folder, path)));
  if (taken.length > 0 && !force)
    throw new CommandError(`${taken.join(', ')} exist already; --force replaces them`);
}

/** Holds Ctrl+C back until all files are written. */
function withoutInterruption(write: () => void): void {
  const wait = (): void => {};
  process.on('SIGINT', wait);
  try {
    write();
  } finally {
    process.off('SIGINT', wait);
  }
}

const shortestTitle = 5;
const longestTitle = 80;

function refuseTitle(title: string): void {
  const { length } = title;
  if (length < shortestTitle || length > longestTitle)
    throw new CommandError(
      `the title ${JSON.stringify(title)} has ${length} characters; AppInspect, which vets apps ` +
        `for Splunk, takes labels of ${shortestTitle} to ${longestTitle}`,
    );
}

const keptFiles: readonly string[] = ['.gitignore', 'package.json'];

/**
 * A version, or an existing tarball: anything else would be whatever a registry has for it today.
 * A checkout or a tarball may have a version that no registry has, or has from someone else.
 */
function packageSpec(spec: string | undefined, folder: string): string {
  if (spec === undefined) return isFromRegistry() ? toolVersion() : ownTarball();
  if (/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(spec)) return spec;
  const file = /^file:(.+\.t(?:ar\.)?gz)$/.exec(spec)?.[1];
  if (file === undefined)
    throw new CommandError(
      `--package takes a whole version, such as ${toolVersion()}, or file: and the path of a ` +
        'tarball of npm pack',
    );
  if (!existsSync(join(folder, file)))
    throw new CommandError(
      `${shownPath(join(folder, file))} is not there; npm pack in Sigpack's folder makes it`,
    );
  return spec;
}

/** Writes a file, but not over one that another `sigpack init` has just written. */
function writeNew(path: string, content: string, force: boolean): void {
  try {
    writeFileSync(path, content, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new CommandError(`${shownPath(path)} exists already; --force replaces it`);
  }
}

/** Throws a CommandError if the options do not make a valid configuration. */
function checkConfig(files: readonly InitFile[]): void {
  const bag = createBag();
  for (const { path, content } of files)
    if (path === 'sigpack.yml') readConfig({ path, text: content }, bag);
  const wrong = bag.list.find(({ severity }) => severity === 'error');
  if (wrong) throw new CommandError(`the configuration would be invalid: ${wrong.message}`);
}
