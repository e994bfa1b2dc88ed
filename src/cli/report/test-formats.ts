import type { Reason } from '../../rule-test/explanation.ts';
import {
  byTestFile,
  type CaseResult,
  type CoveredRule,
  countOutcome,
  missingTests,
  type TestRun,
} from '../../rule-test/test-result.ts';
import type { Rule } from '../../sigma/collection/collection.ts';
import type { Diagnostic } from '../../source/diagnostic.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { visibleJson } from '../../source/visible.ts';
import { placeOf, unpainted } from './context.ts';
import { commandData, commandProperty, reportGithub } from './github.ts';
import { plainDiagnostic } from './json.ts';
import { xmlText } from './junit.ts';
import { failureLines } from './test-tree.ts';

/**
 * `{version: 1, configuration, summary, tests: [...], coverage?: [...], diagnostics: [...]}`; lines
 * and columns from 1.
 */
export function testJson(
  run: TestRun,
  diagnostics: readonly Diagnostic[],
  configuration: string | null,
): string {
  const { results, coverage } = run;
  const summary = {
    tests: results.length,
    passed: countOutcome(results, 'passed'),
    failed: countOutcome(results, 'failed'),
    errors: countOutcome(results, 'error'),
    events: results.reduce((sum, { events }) => sum + events, 0),
    matches: results.reduce((sum, { matches }) => sum + matches, 0),
    milliseconds: Math.round(run.milliseconds),
  };
  const report = {
    version: 1,
    configuration,
    summary,
    tests: results.map(plainResult),
    ...(coverage ? { coverage: coverage.map(plainCoverage) } : {}),
    diagnostics: diagnostics.map(plainDiagnostic),
  };
  return `${visibleJson(JSON.stringify(report, undefined, 2))}\n`;
}

function plainResult({ test, rule, outcome, events, matches, message, reasons }: CaseResult) {
  const { line, column } = placeOf(test);
  const { expected } = test;
  return {
    name: test.name,
    file: test.file.path,
    line,
    column,
    ...(rule ? { rule: plainRule(rule) } : {}),
    outcome,
    expected:
      expected.kind === 'count'
        ? expected.count
        : expected.kind === 'atLeast'
          ? `at least ${expected.count}`
          : expected.kind,
    events,
    matches,
    ...(message === '' ? {} : { message }),
    ...(reasons.length === 0
      ? {}
      : {
          reasons: reasons.map(({ number, reason }) => ({ event: number, ...plainReason(reason) })),
        }),
  };
}

const plainRule = ({ title, id, file }: Rule) => ({
  title,
  ...(id === undefined ? {} : { id }),
  file: file.path,
});

interface PlainReason {
  readonly text: string;
  readonly holds: boolean;
  readonly found?: readonly string[];
  readonly parts?: readonly PlainReason[];
}

function plainReason({ text, holds, children, found }: Reason): PlainReason {
  return {
    text,
    holds,
    ...(found?.kind === 'values'
      ? { found: found.values }
      : found?.kind === 'absent'
        ? { found: [] }
        : {}),
    ...(children.length === 0 ? {} : { parts: children.map(plainReason) }),
  };
}

function plainCoverage({
  rule,
  coverage: { positive, negative, mutants, unnoticed },
}: CoveredRule) {
  const parts = unnoticed.map(({ part, change, file, span }) => {
    const { line, column } = placeOf({ file, span });
    return { part, change, file: file.path, line, column };
  });
  return { rule: plainRule(rule), positive, negative, mutants, unnoticed: parts };
}

/** JUnit XML: a suite per test file. What keeps tests from being read is another suite. */
export function testJunit(
  { results, milliseconds }: TestRun,
  diagnostics: readonly Diagnostic[],
): string {
  const suites = [...byTestFile(results)].map(([file, cases]) => {
    const [failures, errors] = [countOutcome(cases, 'failed'), countOutcome(cases, 'error')];
    const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
    const head = `<testsuite name="${xmlText(file.path)}" ${counts}>`;
    return `  ${head}\n${cases.map(junitCase).join('\n')}\n  </testsuite>`;
  });
  if (diagnostics.length > 0) {
    const cases = diagnostics.map((diagnostic) => {
      const { code, message, hint, file } = diagnostic;
      const { line, column } = placeOf(diagnostic);
      const name = `${code} ${file.path}:${line}:${column}`;
      const error = `<error type="${code}" message="${xmlText(message)}">${xmlText(hint)}</error>`;
      return `    <testcase classname="diagnostics" name="${xmlText(name)}">${error}</testcase>`;
    });
    const count = cases.length;
    const suite = `<testsuite name="diagnostics" tests="${count}" failures="0" errors="${count}">`;
    suites.push(`  ${suite}\n${cases.join('\n')}\n  </testsuite>`);
  }
  const errors = countOutcome(results, 'error') + diagnostics.length;
  const tests = results.length + diagnostics.length;
  const failures = countOutcome(results, 'failed');
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}"`;
  const seconds = (milliseconds / 1000).toFixed(3);
  const head = `<testsuites name="sigpack test" ${counts} time="${seconds}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.join('\n')}\n</testsuites>\n`;
}

function junitCase(result: CaseResult): string {
  const { test, rule, outcome, message } = result;
  const classname = xmlText(rule?.title ?? test.file.path);
  const start = `    <testcase classname="${classname}" name="${xmlText(test.name)}"`;
  if (outcome === 'passed') return `${start}/>`;
  const body = failureLines(result, unpainted).map(xmlText).join('\n');
  const element = outcome === 'failed' ? 'failure' : 'error';
  return `${start}><${element} message="${xmlText(message)}">${body}</${element}></testcase>`;
}

/**
 * Workflow commands of GitHub Actions: an error per failed case, a warning for each part that tests
 * don't cover.
 */
export function testGithub(
  { results, coverage = [] }: TestRun,
  diagnostics: readonly Diagnostic[],
): string {
  const failures = results.flatMap((result) => {
    const text = failureLines(result, unpainted).map(commandData).join('%0A');
    // the diagnostic explains why a case could not be run
    return result.outcome === 'failed'
      ? [annotation('error', result.test, `Test fails: ${result.test.name}`, text)]
      : [];
  });
  const gaps = coverage.flatMap(({ rule, coverage: covered }) => {
    const missing = missingTests(covered);
    const place = { file: rule.file, span: rule.titleSpan };
    return [
      ...(missing === undefined
        ? []
        : [
            annotation(
              'warning',
              place,
              'Rule without tests',
              commandData(`"${rule.title}" has ${missing}`),
            ),
          ]),
      ...covered.unnoticed.map((mutant) =>
        annotation(
          'warning',
          mutant,
          'Part that no test needs',
          commandData(`${mutant.part} ${mutant.change}: every test passes all the same`),
        ),
      ),
    ];
  });
  const context = { toolVersion: '', paint: unpainted, width: 100, failOn: 'error' } as const;
  const lines = [...failures, ...gaps].map((line) => `${line}\n`);
  return `${reportGithub(diagnostics, context)}${lines.join('')}`;
}

function annotation(
  command: 'error' | 'warning',
  place: { readonly file: SourceFile; readonly span: Span },
  title: string,
  text: string,
): string {
  const file = commandProperty(place.file.path);
  const { line } = placeOf(place);
  return `::${command} file=${file},line=${line},title=${commandProperty(title)}::${text}`;
}
