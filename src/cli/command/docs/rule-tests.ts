import type { RuleTest } from '../../../docs/site/rule-record.ts';
import { expectationText } from '../../../rule-test/test-result.ts';
import type { RuleHead } from '../../../sigma/rule/rule.ts';
import { createBag } from '../../../source/diagnostic.ts';
import type { Project } from '../../project/project.ts';
import { findTestFiles } from '../../rule-test/files.ts';
import { defaultPaths, testRun } from '../../rule-test/session.ts';

type Place = Pick<RuleHead, 'file' | 'span'>;

const placeOf = ({ file, span }: Place): string => `${file.path}\n${span.start}`;

/**
 * Runs the tests of the project, for its pages: what each rule is tested for. What is wrong with a
 * test is reported by `sigpack test`.
 */
export async function testsOfRules(
  project: Project,
): Promise<(rule: Place) => readonly RuleTest[] | undefined> {
  const paths = defaultPaths(project.loaded);
  const bag = createBag(project.loaded.config.severities);
  if (!project.loaded.exists || findTestFiles(paths, bag).length === 0) return () => undefined;
  const tested = await testRun({ project, paths, coverage: false, bag });
  const byPlace = new Map<string, RuleTest[]>();
  for (const { test, rule, outcome } of tested?.run.results ?? []) {
    if (!rule) continue;
    const list = byPlace.get(placeOf(rule)) ?? [];
    byPlace.set(placeOf(rule), list);
    list.push({
      name: test.name,
      expectation: expectationText(test.expected, rule.kind),
      passed: outcome === 'passed',
    });
  }
  return (rule) => byPlace.get(placeOf(rule));
}
