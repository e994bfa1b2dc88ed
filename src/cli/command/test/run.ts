import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TestRun } from '../../../rule-test/test-result.ts';
import { createBag, type Diagnostic, isFatal } from '../../../source/diagnostic.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { entryPath, givenList, type PathLists, watchedPaths } from '../../files/path-list.ts';
import { openFor } from '../../project/processed-rules.ts';
import { type Project, shownConfiguration } from '../../project/project.ts';
import type { TestFormat } from '../../report/format-names.ts';
import { testGithub, testJson, testJunit } from '../../report/test-formats.ts';
import { testTree } from '../../report/test-tree.ts';
import { reportText } from '../../report/text.ts';
import { eventPath, isTestFile } from '../../rule-test/files.ts';
import { namedRuleFiles } from '../../rule-test/rules.ts';
import type { TestFile } from '../../rule-test/run.ts';
import { defaultPaths, testRun } from '../../rule-test/session.ts';
import { watchFiles } from '../../rule-test/watch.ts';
import { printText } from '../../terminal/guarded.ts';
import { contextFor } from '../../terminal/report.ts';
import { createTerminal } from '../../terminal/terminal.ts';

export interface TestOptions {
  readonly rules?: readonly string[];
  readonly watch: boolean;
  readonly format: TestFormat;
  readonly coverage: boolean;
  /** Whose pipelines the tested rules go through; without it, rules are tested as written. */
  readonly target?: string;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly config?: string;
  readonly verbose: boolean;
}

/** `sigpack test`: runs the tests next to rules. Fails if a test fails or can't be run. */
export async function test(paths: readonly string[], options: TestOptions): Promise<ExitCode> {
  const names = options.format === 'text' ? 'first' : 'verbose';
  const rules = [...paths, ...(options.rules ?? [])];
  const opened = await openFor(
    { ...options, rules },
    { format: 'text', verbose: options.verbose, names },
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const usual = defaultPaths(project.loaded);
  const wanted = paths.length > 0 ? { ...usual, lists: [givenList(paths)] } : usual;
  const first = await runOnce(wanted, options, project);
  if (!options.watch) {
    if (first.tests === 0 && first.code === exitCodes.success)
      throw new CommandError(
        `there is no test in ${pathsIn(wanted).join(', ')}; a test of rule.yml is in rule.test.yml`,
      );
    return first.code;
  }
  let files = first.files;
  // a report that is written into a watched folder must not start a run
  const matters = (path: string): boolean =>
    /\.ya?ml$/i.test(path) || files.some(({ uses }) => uses.has(path));
  const watched = [
    ...watchedPaths([...wanted.lists, givenList(options.rules ?? [])]),
    ...files.flatMap(({ uses }) => [...uses]),
  ];
  await watchFiles(watched, matters, async (changed) => {
    const touched = files
      .filter(({ uses }) => changed.some((path) => uses.has(path)))
      .map(({ path }) => path);
    const fresh = changed.filter((path) => isTestFile(path) && existsSync(path));
    const only = touched.length + fresh.length > 0 ? new Set([...touched, ...fresh]) : undefined;
    const next = await runOnce(wanted, options, project, only);
    files = only ? [...files.filter(({ path }) => !only.has(path)), ...next.files] : next.files;
  });
  return exitCodes.success;
}

const pathsIn = ({ lists }: PathLists): readonly string[] =>
  lists.flatMap(({ entries, folder }) => entries.map((entry) => entryPath(entry, folder)));

/** A test file and all files that its outcome depends on, as whole paths. */
interface UsedFiles {
  readonly path: string;
  readonly uses: ReadonlySet<string>;
}

interface Once {
  readonly code: ExitCode;
  readonly tests: number;
  readonly files: readonly UsedFiles[];
}

/** `only`: the test files to run. */
async function runOnce(
  paths: PathLists,
  options: TestOptions,
  project: Project,
  only?: ReadonlySet<string>,
): Promise<Once> {
  const bag = createBag(project.loaded.config.severities);
  const { coverage, rules } = options;
  const [target] = project.request.targets ?? [];
  const tested = await testRun({
    project,
    paths,
    coverage,
    ...(target === undefined ? {} : { target }),
    bag,
    ...(rules ? { rules: [givenList(rules)] } : {}),
    ...(only ? { only } : {}),
  });
  project.terminal.clear();
  if (!tested) {
    process.stderr.write(`${reportText(bag.list.filter(isFatal), contextFor(project.terminal))}\n`);
    return { code: exitCodes.usage, tests: 0, files: [] };
  }
  const { tests, run, reasons } = tested;
  print(run, reasons, options, project);
  const failed = run.results.some(({ outcome }) => outcome !== 'passed') || reasons.length > 0;
  return {
    code: failed ? exitCodes.findings : exitCodes.success,
    tests: run.results.length,
    files: tests.map((file) => usedFiles(file, run)),
  };
}

function print(
  run: TestRun,
  reasons: readonly Diagnostic[],
  { format, verbose }: TestOptions,
  { loaded, terminal }: Project,
): void {
  if (format === 'json') process.stdout.write(testJson(run, reasons, shownConfiguration(loaded)));
  else if (format === 'junit') process.stdout.write(testJunit(run, reasons));
  else if (format === 'github') process.stdout.write(testGithub(run, reasons));
  else {
    const output = createTerminal(process.stdout, process.env, () => 0);
    printText(testTree(run, { paint: output.paint, verbose }));
    const context = contextFor(terminal);
    if (reasons.length > 0) process.stderr.write(`${reportText(reasons, context)}\n`);
  }
}

function usedFiles({ path, cases }: TestFile, { results }: TestRun): UsedFiles {
  const own = new Set(cases);
  const rules = results.flatMap(({ test, rule }) =>
    own.has(test) && rule ? [resolve(rule.file.path)] : [],
  );
  const events = cases.flatMap(({ source }) =>
    source.kind === 'file' ? [eventPath(path, source.path)] : [],
  );
  return { path, uses: new Set([path, ...rules, ...events, ...namedRuleFiles(path, cases)]) };
}
