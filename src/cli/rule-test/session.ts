import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestRun } from '../../rule-test/test-result.ts';
import {
  compareDiagnostics,
  createBag,
  type Diagnostic,
  type DiagnosticBag,
  isFatal,
} from '../../source/diagnostic.ts';
import { isPattern } from '../../source/path-pattern.ts';
import type { LoadedConfig } from '../files/config-file.ts';
import {
  configuredList,
  entryPath,
  givenList,
  isExclusion,
  type PathList,
  type PathLists,
} from '../files/path-list.ts';
import { loadRules } from '../project/load.ts';
import type { Project } from '../project/project.ts';
import { targetSettler, writtenSettler } from '../project/rule-settler.ts';
import { findTestFiles, isTestFile, readCases, ruleBeside } from './files.ts';
import { namedRuleFiles } from './rules.ts';
import { runTests, type TestFile } from './run.ts';

/** The rules of the configuration, and `tests` next to it. */
export function defaultPaths(loaded: LoadedConfig): PathLists {
  const tests = join(loaded.folder, 'tests');
  const lists = [
    configuredList(loaded, 'rules'),
    ...(existsSync(tests) ? [givenList([tests])] : []),
  ];
  return { lists, home: loaded.folder, configuration: loaded.file };
}

export interface TestRequest {
  readonly project: Project;
  /** Of tests; and of rules, unless `rules` names them. */
  readonly paths: PathLists;
  readonly rules?: readonly PathList[];
  readonly only?: ReadonlySet<string>;
  /**
   * The target that the project was opened for, whose pipelines make the rules that are tested.
   * Without it, they are tested as written.
   */
  readonly target?: string | undefined;
  /** Targets whose values placeholders get first. Default: the targets of the packs. */
  readonly placeholdersOf?: readonly string[];
  readonly coverage: boolean;
  readonly bag: DiagnosticBag;
}

export interface Tested {
  readonly tests: readonly TestFile[];
  readonly run: TestRun;
  /**
   * What keeps tests from running. Of the thousands of rules that may be loaded, only errors of
   * those under test.
   */
  readonly reasons: readonly Diagnostic[];
}

/**
 * Finds tests and their rules, and runs them. Undefined where a pipeline cannot be read, which has
 * been reported.
 */
export async function testRun({
  project,
  paths,
  rules,
  only,
  target,
  placeholdersOf,
  coverage,
  bag,
}: TestRequest): Promise<Tested | undefined> {
  const tests = findTestFiles(paths, bag)
    .filter((path) => only?.has(path) ?? true)
    .map((path) => ({ path, cases: readCases(path, bag) }));
  const { collection } = loadRules(
    rulePathsFor(paths, rules, tests, project.loaded),
    bag,
    project.terminal,
  );
  const settle =
    target === undefined
      ? await writtenSettler(project, collection, bag, placeholdersOf)
      : targetSettler(project, collection, bag, target);
  if (!settle) return undefined;
  const run = await runTests({
    tests,
    collection,
    settle,
    coverage,
    bag,
    now: () => performance.now(),
  });
  return { tests, run, reasons: errorsOf(bag, run, new Set(tests.flatMap(ownRuleFiles))) };
}

/**
 * Runs the tests of a gate once; or where targets give placeholders other values, once with the
 * values of each target. All runs must pass.
 */
export async function gateRuns(
  request: Omit<TestRequest, 'target' | 'coverage' | 'bag' | 'placeholdersOf'>,
): Promise<readonly Tested[]> {
  const { config } = request.project.loaded;
  const runWith = async (placeholdersOf: readonly string[]): Promise<readonly Tested[]> => {
    const bag = createBag(config.severities);
    const tested = await testRun({ ...request, placeholdersOf, coverage: false, bag });
    if (!tested) request.project.bag.list.push(...bag.list.filter(isFatal));
    return tested ? [tested] : [];
  };
  const once = await runWith(config.targets);
  if (!once.some(({ reasons }) => reasons.some(({ code }) => code === 'PIP006'))) return once;
  const runs: Tested[] = [];
  for (const target of config.targets) runs.push(...(await runWith([target])));
  return runs;
}

function errorsOf(
  { list }: DiagnosticBag,
  { results }: TestRun,
  ruleFiles: ReadonlySet<string>,
): readonly Diagnostic[] {
  const rules = new Set(results.flatMap(({ rule }) => rule?.file ?? []));
  const tests = new Set(results.map(({ test }) => test.file));
  const concerns = ({ code, file }: Diagnostic): boolean =>
    code === 'SIG001' ||
    code.startsWith('TST') ||
    isTestFile(file.path) ||
    tests.has(file) ||
    rules.has(file) ||
    ruleFiles.has(resolve(file.path));
  const leavesOut = ({ code }: Diagnostic): boolean => code === 'PIP007' || code === 'PIP008';
  return list
    .filter((diagnostic) => (isFatal(diagnostic) || leavesOut(diagnostic)) && concerns(diagnostic))
    .sort(compareDiagnostics);
}

/** Files that should hold the rules of a test file. */
const ownRuleFiles = ({ path, cases }: TestFile): readonly string[] => [
  ...[ruleBeside(path)].flatMap((beside) => beside ?? []),
  ...namedRuleFiles(path, cases),
];

/** A file that two names lead to is read once. */
function rulePathsFor(
  paths: PathLists,
  rules: readonly PathList[] | undefined,
  tests: readonly TestFile[],
  loaded: LoadedConfig,
): PathLists {
  const filters = configuredList(loaded, 'filters');
  if (rules) return { ...paths, lists: [...rules, filters] };
  const named = tests.flatMap(ownRuleFiles).filter((path) => existsSync(path));
  const lists = [
    ...paths.lists.map(withoutTests),
    givenList(named),
    ...(loaded.exists ? [withoutMissing(configuredList(loaded, 'rules'))] : []),
    filters,
  ];
  return { ...paths, lists };
}

/** The part of a list of tests that is a list of rules too. */
function withoutTests(list: PathList): PathList {
  const { folder } = list;
  return withoutMissing({
    ...list,
    entries: list.entries.filter(
      (entry) => isExclusion(entry) || !isTestFile(entryPath(entry, folder)),
    ),
  });
}

/** Paths that do not exist have been reported where they were looked for first. */
function withoutMissing(list: PathList): PathList {
  const entries = list.entries.filter(
    (entry) => isExclusion(entry) || isPattern(entry) || existsSync(entryPath(entry, list.folder)),
  );
  return { ...list, entries: entries.every(isExclusion) ? [] : entries, maybeNothing: true };
}
