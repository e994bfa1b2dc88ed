import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { bundles } from '../../pipeline/bundle.ts';
import type { FileError } from '../../pipeline/named-file.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readPipeline } from '../../pipeline/read-pipeline.ts';
import { createBag, type DiagnosticBag } from '../../source/diagnostic.ts';
import { nearest } from '../../source/nearest.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { CommandError } from '../error/command-error.ts';
import { reachableStats } from '../files/path-stats.ts';
import { isOutside } from '../files/portable-path.ts';
import { readSourceFile } from '../files/rule-files.ts';
import { packageRoot } from '../process/package-root.ts';

const isFileName = (name: string): boolean => /\.ya?ml$/i.test(name);

const isFile = (path: string): boolean => reachableStats(path)?.isFile() === true;

/** By path; undefined for wrong ones. */
type ReadPipelines = Map<string, Pipeline | undefined>;

/**
 * Pipelines by name: a file (relative to `folder`), a built-in one, a bundle of those, or a file of
 * an npm package. Reports (PIP001) wrong ones and leaves them out. What is in `known` is not read
 * again.
 */
export function loadPipelines(
  names: readonly string[],
  folder: string,
  bag: DiagnosticBag,
  known: ReadPipelines = new Map(),
): readonly Pipeline[] {
  const paths = [...new Set(names.flatMap((name) => pathsOf(name, folder)))];
  return paths.flatMap((path): readonly Pipeline[] => {
    if (!known.has(path)) known.set(path, readFrom(path, bag));
    const pipeline = known.get(path);
    return pipeline ? [pipeline] : [];
  });
}

function readFrom(path: string, bag: DiagnosticBag): Pipeline | undefined {
  const file = readSourceFile(path, bag);
  return file && readPipeline(file, bag, { readText: (other) => textBeside(path, other) });
}

/**
 * The files of a name that is a folder: all pipelines in it and below, sorted. Built-in names take
 * precedence, as they do over files.
 */
export function filesOfFolder(name: string, folder: string): readonly string[] | undefined {
  if (name === '' || bundles.has(name) || isFileName(name) || builtInNames().includes(name))
    return undefined;
  const path = resolve(folder, name.replace(/[/\\]\**$/, ''));
  if (!reachableStats(path)?.isDirectory()) return undefined;
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(
    (file) => isFileName(file) && isFile(join(path, file)),
  );
  if (files.length === 0)
    throw new CommandError(`the folder ${name} has no pipelines (*.yml, *.yaml)`);
  return files.sort().map((file) => join(path, file));
}

function pathsOf(name: string, folder: string): readonly string[] {
  const bundle = bundles.get(name);
  if (bundle) return bundle.pipelines.map(builtInPath);
  if (builtInNames().includes(name)) return [builtInPath(name)];
  const file = resolve(folder, name);
  if (isFileName(name) && existsSync(file)) return [file];
  const packaged = isFileName(name) ? packageFile(name, folder) : undefined;
  if (packaged !== undefined) return [packaged];
  if (isFileName(name))
    throw new CommandError(`there is no pipeline file ${name}, in ${folder} or in a package`);
  if (name === '')
    throw new CommandError(
      '-p needs a name of a pipeline, a file or a folder; `sigpack list pipelines` lists the names',
    );
  const plain = name.toLowerCase().replaceAll('_', '-');
  const near = pySigmaNames.get(plain) ?? nearest(plain, [...bundles.keys(), ...builtInNames()]);
  const hint = near === undefined ? 'sigpack list pipelines shows them' : `did you mean ${near}?`;
  throw new CommandError(`there is no pipeline ${name}; ${hint}`);
}

/** Names of pySigma for pipelines that have another name here. */
const pySigmaNames: ReadonlyMap<string, string> = new Map([
  ['sysmon', 'windows-sysmon'],
  ['windows-audit', 'windows-security'],
  ['splunk-windows', 'splunk'],
  ['splunk-sysmon-acceleration', 'splunk'],
  ['ecs-windows', 'elastic'],
  ['ecs-kubernetes', 'elastic'],
  ['ecs-zeek-beats', 'elastic'],
]);

function packageFile(name: string, folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'sigpack.yml')).resolve(name);
  } catch {
    return undefined;
  }
}

const builtInFolder = (): string => join(packageRoot(), 'pipelines');
const builtInPath = (name: string): string => join(builtInFolder(), `${name}.yml`);

export const isBuiltIn = ({ file }: Pipeline): boolean => dirname(file.path) === builtInFolder();

export function builtInNames(): readonly string[] {
  return readdirSync(builtInFolder())
    .filter(isFileName)
    .map((name) => name.replace(/\.ya?ml$/i, ''))
    .sort();
}

/** In bytes, of a file that a pipeline reads. */
const largestFile = 10 * 1024 * 1024;

/** A file in the folder of a pipeline or below it, wherever links lead. */
function textBeside(pipeline: string, other: string): Result<string, FileError> {
  try {
    const folder = realpathSync(dirname(pipeline));
    const wanted = resolve(dirname(pipeline), other);
    if (!isInside(resolve(dirname(pipeline)), wanted)) return failed('outside');
    const path = realpathSync(wanted);
    if (!isInside(folder, path)) return failed('outside');
    const stats = statSync(path);
    const file =
      stats.isFile() && stats.size <= largestFile ? readSourceFile(path, createBag()) : undefined;
    return file ? ok(file.text) : failed('unreadable');
  } catch {
    return failed('unreadable');
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !isOutside(way);
}
