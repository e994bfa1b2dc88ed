import { decisive } from '../../rule-test/explanation.ts';
import type { Mutant } from '../../rule-test/mutant.ts';
import {
  byTestFile,
  type CaseResult,
  type CoveredRule,
  countOutcome,
  missingTests,
  type TestRun,
} from '../../rule-test/test-result.ts';
import { counted, plural } from '../../source/plural.ts';
import { positionAt } from '../../source/span.ts';
import { visible } from '../../source/visible.ts';
import type { Paint } from './context.ts';
import { reasonLines } from './reason-lines.ts';

export interface TestReportOptions {
  readonly paint: Paint;
  readonly verbose: boolean;
}

/** Untested rules and unnoticed changes that are shown without --verbose. */
const shownEntries = 20;
const partsInFailure = 6;

/**
 * As text: a tree of files and cases, why a case fails, what is not covered, and the numbers. Files
 * that fail come last.
 */
export function testTree(run: TestRun, { paint, verbose }: TestReportOptions): string {
  const files = [...byTestFile(run.results)];
  const isPassed = ([, results]: (typeof files)[number]): boolean =>
    outcomeOf(results) === 'passed';
  // a terminal shows the end of the text: of hundreds of files, those that need a look
  const sorted = [...files.filter(isPassed), ...files.filter((file) => !isPassed(file))];
  const lines = sorted.flatMap(([file, results]) => [
    `${marks(paint)[outcomeOf(results)]} ${visible(file.path)}${titleOf(results, paint)}`,
    ...results.flatMap((result) => caseLines(result, paint)),
  ]);
  const coverage = run.coverage
    ? ['', ...coverageLines(run.coverage, paint, verbose ? Number.POSITIVE_INFINITY : shownEntries)]
    : [];
  return `${[...lines, ...coverage, '', summaryLine(run, paint)].join('\n')}\n`;
}

const marks = (paint: Paint): Readonly<Record<CaseResult['outcome'], string>> => ({
  passed: paint('green', '✓'),
  failed: paint('red', '✗'),
  error: paint('red', '!'),
});

function outcomeOf(results: readonly CaseResult[]): CaseResult['outcome'] {
  if (results.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return results.some(({ outcome }) => outcome === 'error') ? 'error' : 'passed';
}

function titleOf(results: readonly CaseResult[], paint: Paint): string {
  const titles = new Set(results.flatMap(({ rule }) => rule?.title ?? []));
  return titles.size === 1 ? `  ${paint('dim', visible([...titles].join()))}` : '';
}

function caseLines(result: CaseResult, paint: Paint): readonly string[] {
  const { test, events, matches, outcome } = result;
  const partly =
    outcome === 'passed' &&
    matches > 0 &&
    (matches < events || isMore(result)) &&
    result.rule?.kind === 'detection';
  const note = partly
    ? paint('dim', `  ${matches} of ${events} events ${plural(matches, 'matches', 'match')}`)
    : '';
  return [
    `  ${marks(paint)[outcome]} ${visible(test.name)}${note}`,
    ...failureLines(result, paint).map((line) => `      ${line}`),
  ];
}

/** More than an `info.yml` counts. */
const isMore = ({ test: { expected }, matches }: CaseResult): boolean =>
  expected.kind === 'atLeast' && matches > expected.count;

/** What is wrong with a case and why; nothing for a passed one. */
export function failureLines(
  { test, message, reasons, events, outcome }: CaseResult,
  paint: Paint,
): readonly string[] {
  if (outcome === 'passed') return [];
  const line = positionAt(test.file, test.span.start).line;
  return [
    `${visible(message)} ${paint('dim', `(${visible(test.file.path)}:${line})`)}`,
    ...reasons.flatMap(({ number, reason }) => [
      ...(events > 1 ? [`event ${number}:`] : []),
      ...reasonLines(decisive(reason), { paint, maximumParts: partsInFailure }),
    ]),
  ];
}

function coverageLines(
  covered: readonly CoveredRule[],
  paint: Paint,
  most: number,
): readonly string[] {
  // rules with only one of the two tests come first: there may be thousands of the others
  const untested = covered
    .filter(({ coverage }) => missingTests(coverage) !== undefined)
    .sort((a, b) => Number(isBare(a)) - Number(isBare(b)))
    .map(({ rule, coverage }) => [
      `  ${placeText(rule)} ${paint('bold', visible(rule.title))} has ${missingTests(coverage)}`,
    ]);
  const unneeded = covered.flatMap(({ rule, coverage }) =>
    coverage.unnoticed.length === 0 ? [] : [unneededLines(rule, coverage.unnoticed, paint)],
  );
  const mutants = covered.reduce((sum, { coverage }) => sum + coverage.mutants, 0);
  const noticed =
    mutants - covered.reduce((sum, { coverage }) => sum + coverage.unnoticed.length, 0);
  return [
    paint('bold', 'Coverage'),
    `  ${covered.length - untested.length} of ${covered.length} rules have a test that ` +
      'matches and one that does not',
    `  ${noticed} of ${mutants} changes to tested rules are noticed`,
    ...section('Rules without tests', untested, paint, most),
    ...section('Parts that may be dropped or negated, and all tests pass', unneeded, paint, most),
  ];
}

const isBare = ({ coverage: { positive, negative } }: CoveredRule): boolean =>
  positive + negative === 0;

function unneededLines(
  rule: CoveredRule['rule'],
  mutants: readonly Mutant[],
  paint: Paint,
): readonly string[] {
  const changes = new Map<string, string[]>();
  for (const { file, span, part, change } of mutants) {
    const key = `${visible(file.path)}:${positionAt(file, span.start).line} ${visible(part)}`;
    changes.set(key, [...(changes.get(key) ?? []), change]);
  }
  return [
    `  ${paint('bold', visible(rule.title))}`,
    ...[...changes].map(([part, list]) => `    ${part}  ${paint('dim', list.join(', '))}`),
  ];
}

function section(
  title: string,
  entries: readonly (readonly string[])[],
  paint: Paint,
  most: number,
): readonly string[] {
  if (entries.length === 0) return [];
  const left = entries.length - most;
  return [
    '',
    paint('bold', title),
    ...entries.slice(0, most).flat(),
    ...(left > 0 ? [paint('dim', `  ${left} more rules (--verbose shows them)`)] : []),
  ];
}

const placeText = ({ file, titleSpan }: Pick<CoveredRule['rule'], 'file' | 'titleSpan'>): string =>
  `${visible(file.path)}:${positionAt(file, titleSpan.start).line}`;

function summaryLine({ results, milliseconds }: TestRun, paint: Paint): string {
  const failed = countOutcome(results, 'failed');
  const errors = countOutcome(results, 'error');
  const passed = paint('green', `${countOutcome(results, 'passed')} passed`);
  const wrong = [
    ...(failed > 0 ? [paint('red', `${failed} failed`)] : []),
    ...(errors > 0 ? [paint('red', `${errors} could not be run`)] : []),
  ];
  const rules = new Set(results.flatMap(({ rule }) => rule ?? [])).size;
  const events = results.reduce((sum, result) => sum + result.events, 0);
  return (
    `${[passed, ...wrong].join(', ')} of ${counted(results.length, 'test')} ` +
    `of ${counted(rules, 'rule')} and ${counted(events, 'event')} ` +
    `in ${(milliseconds / 1000).toFixed(1)} s`
  );
}
