import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestRun } from '../proof/test-result.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { LoadedConfig } from './config-file.ts';
import { loadRules } from './load.ts';
import type { Terminal } from './terminal.ts';
import { findTestFiles, isTestFile, readCases, ruleBeside } from './test-files.ts';
import { namedRuleFiles } from './test-rules.ts';
import { runTests, type TestFile } from './test-run.ts';

/** Folders of rules of the configuration, and `tests` beside it. */
export function defaultPaths({ config, folder }: LoadedConfig): readonly string[] {
  const tests = join(folder, 'tests');
  return [...config.rules.map((path) => resolve(folder, path)), ...(existsSync(tests) ? [tests] : [])];
}

export interface TestRequest {
  /** Of tests, and of rules where `rules` names none. */
  readonly paths: readonly string[];
  readonly rules?: readonly string[];
  readonly only?: ReadonlySet<string>;
  readonly loaded: LoadedConfig;
  readonly coverage: boolean;
  readonly terminal: Terminal;
  readonly bag: DiagnosticBag;
}

interface Tested {
  readonly tests: readonly TestFile[];
  readonly run: TestRun;
  /** Files beside the tests that should hold their rules, as shown. */
  readonly ruleFiles: ReadonlySet<string>;
}

/** Finds tests and their rules, and runs them. */
export async function testRun({ paths, rules, only, loaded, coverage, terminal, bag }: TestRequest): Promise<Tested> {
  const found = findTestFiles(paths, bag).filter((path) => only?.has(path) ?? true);
  const tests = found.map((path) => ({ path, cases: readCases(path, bag) }));
  const { collection } = loadRules(rulePathsFor(paths, rules, tests, loaded), bag, terminal);
  const run = await runTests({ tests, collection, config: loaded.config, coverage, bag, now: () => performance.now() });
  return { tests, run, ruleFiles: new Set(tests.flatMap(ownRuleFiles)) };
}

/** Files that should hold the rules of a test file. */
const ownRuleFiles = ({ path, cases }: TestFile): readonly string[] => [
  ...[ruleBeside(path)].flatMap((beside) => beside ?? []),
  ...namedRuleFiles(path, cases),
];

/** Whole paths, so that no file is read twice under two names. */
function rulePathsFor(
  paths: readonly string[],
  rules: readonly string[] | undefined,
  tests: readonly TestFile[],
  { config, folder, file }: LoadedConfig,
): readonly string[] {
  const filters = config.filters.map((path) => resolve(folder, path));
  if (rules) return [...rules.map((path) => resolve(path)), ...filters];
  const configured = file.text === '' ? [] : config.rules.map((path) => resolve(folder, path)).filter((path) => existsSync(path));
  const given = paths.filter((path) => existsSync(path) && (statSync(path).isDirectory() || !isTestFile(path))).map((path) => resolve(path));
  return [...new Set([...given, ...tests.flatMap(ownRuleFiles).filter((path) => existsSync(path)), ...configured, ...filters])];
}
