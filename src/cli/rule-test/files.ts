import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readRegressionInfo } from '../../rule-test/regression-info.ts';
import type { TestCase } from '../../rule-test/test-case.ts';
import { readTestFile } from '../../rule-test/test-file.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { isPattern } from '../../source/path-pattern.ts';
import { findFiles } from '../files/find-files.ts';
import type { PathLists } from '../files/path-list.ts';
import { withSlashes } from '../files/portable-path.ts';
import { readSourceFile } from '../files/rule-files.ts';

const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);
const testEnding = /\.tests?\.ya?ml$/i;
const isInfo = (path: string): boolean => /^info\.ya?ml$/i.test(basename(path));
export const isTestFile = (path: string): boolean => testEnding.test(path) || isInfo(path);

/** Name of the rule file that a test file is for, without its ending. */
export const ruleStem = (path: string): string => basename(path).replace(testEnding, '');

/**
 * Test files below the paths as whole paths, sorted, each once, and those next to a rule file that
 * is named or that a glob matches. Reports paths that can't be read.
 */
export function findTestFiles(paths: PathLists, bag: DiagnosticBag): readonly string[] {
  const tests = new Set<string>();
  // of a folder, only its tests: looking next to each rule would access the disk for each
  const isWanted = paths.lists.some(({ entries }) => entries.some(isPattern)) ? isYaml : isTestFile;
  for (const { path, named } of findFiles(paths, isWanted, bag)) {
    if (isTestFile(path)) tests.add(resolve(path));
    else if (named || isWanted === isYaml)
      for (const beside of testFilesOf(path)) tests.add(beside);
  }
  return [...tests].sort((a, b) => (withSlashes(a) < withSlashes(b) ? -1 : 1));
}

function testFilesOf(rulePath: string): readonly string[] {
  const stem = rulePath.replace(/\.ya?ml$/i, '');
  return ['.test.yml', '.test.yaml', '.tests.yml', '.tests.yaml']
    .map((ending) => resolve(`${stem}${ending}`))
    .filter((path) => existsSync(path));
}

/** The rule file next to a test file, as a whole path. */
export function ruleBeside(testPath: string): string | undefined {
  if (isInfo(testPath)) return undefined;
  return ['.yml', '.yaml']
    .map((ending) => join(dirname(testPath), `${ruleStem(testPath)}${ending}`))
    .find((path) => existsSync(path));
}

/** The cases of a test file. */
export function readCases(path: string, bag: DiagnosticBag): readonly TestCase[] {
  const file = readSourceFile(path, bag);
  if (!file) return [];
  return isInfo(path) ? readRegressionInfo(file, bag) : readTestFile(file, bag);
}

/**
 * Where the events of a case are: next to the test file, or for `info.yml` as JSON next to it, or
 * below a folder above it.
 */
export function eventPath(testPath: string, written: string): string {
  const folder = dirname(testPath);
  if (!isInfo(testPath)) return resolve(folder, written);
  const beside = join(folder, basename(written.replaceAll('\\', '/')));
  const candidates = [
    beside.replace(/\.evtx$/i, '.json'),
    beside,
    ...foldersAbove(folder).map((above) => join(above, written)),
  ];
  return candidates.find((path) => existsSync(path)) ?? beside;
}

function foldersAbove(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}
