import { resolve } from 'node:path';
import type { PackRule } from '../../pack/model/detection.ts';
import type { Pack } from '../../pack/pack.ts';
import { type CaseResult, missingTests, passingCounts } from '../../rule-test/test-result.ts';
import { readAgain } from '../files/rule-files.ts';
import { type Project, rulePaths } from '../project/project.ts';
import { defaultPaths, gateRuns } from './session.ts';

/**
 * Reports each rule of a pack that lacks a passing test that it matches, or one that it does not
 * match. True where there is such a rule.
 */
export async function refuseUntested(
  project: Project,
  pack: Pack,
  given: readonly string[],
): Promise<boolean> {
  const { loaded, bag } = project;
  const paths = rulePaths(project, given);
  const beside = defaultPaths(loaded).lists.filter(
    ({ key }) => given.length > 0 || key === undefined,
  );
  const runs = await gateRuns({
    project,
    paths: { ...paths, lists: [...paths.lists, ...beside] },
    rules: paths.lists,
  });
  const tested = runs.map(({ run }) => byRule(run.results));
  // errors of the rules have been reported
  const reported = new Set(
    bag.list.map(({ file, message }) => `${resolve(file.path)}\n${message}`),
  );
  for (const { reasons } of runs) {
    for (const reason of reasons) {
      const key = `${resolve(reason.file.path)}\n${reason.message}`;
      if (!/^(?:TST(?!002)|PIP006)/.test(reason.code) || reported.has(key)) continue;
      reported.add(key);
      bag.list.push(reason);
    }
  }
  let refused = false;
  for (const { detection } of pack.outcomes) {
    const { rule } = detection;
    const missing = tested
      .map((results) => missingTests(passingCounts(results.get(keyOf(rule)) ?? [])))
      .find((one) => one !== undefined);
    if (missing === undefined && tested.length > 0) continue;
    refused = true;
    bag.add(readAgain(rule.file.path), {
      code: 'TST005',
      message: `"${rule.title}" has ${missing ?? 'no test that could run'}`,
      span: rule.titleSpan,
    });
  }
  return refused;
}

const byRule = (results: readonly CaseResult[]): ReadonlyMap<string, readonly CaseResult[]> =>
  Map.groupBy(results, ({ rule }) => (rule ? keyOf(rule) : ''));

const keyOf = ({ file, span }: Pick<PackRule, 'file' | 'span'>): string =>
  `${span.start} ${resolve(file.path)}`;
