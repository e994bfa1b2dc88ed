import { resolve } from 'node:path';
import type { Pack } from '../pack/pack.ts';
import { type CaseResult, missingTests, passingCounts } from '../proof/test-result.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile, Span } from '../source/span.ts';
import type { LoadedConfig } from './config-file.ts';
import type { Terminal } from './terminal.ts';
import { defaultPaths, testRun } from './test-session.ts';

/**
 * Complains about each rule of a pack without a passing test that it matches and one that it does not; true where there is one. `paths`: of the
 * rules, beside which their tests are.
 */
export async function refuseUntested(pack: Pack, paths: readonly string[], loaded: LoadedConfig, bag: DiagnosticBag, terminal: Terminal): Promise<boolean> {
  // what is wrong with the rules has been told
  const own = createBag();
  const tests = [...new Set([...paths, ...defaultPaths(loaded)])];
  const { run } = await testRun({ paths: tests, rules: paths, loaded, coverage: false, terminal, bag: own });
  bag.list.push(...own.list.filter(({ code }) => code.startsWith('TST') && code !== 'TST002'));
  const results = new Map<string, CaseResult[]>();
  for (const result of run.results) {
    if (!result.rule) continue;
    const key = keyOf(result.rule);
    results.set(key, [...(results.get(key) ?? []), result]);
  }
  let refused = false;
  for (const { detection } of pack.outcomes) {
    const { rule } = detection;
    const missing = missingTests(passingCounts(results.get(keyOf(rule)) ?? []));
    if (missing === undefined) continue;
    refused = true;
    bag.add(rule.file, { code: 'TST005', message: `"${rule.title}" has ${missing}`, span: rule.titleSpan });
  }
  return refused;
}

const keyOf = ({ file, titleSpan }: { readonly file: SourceFile; readonly titleSpan: Span }): string => `${titleSpan.start} ${resolve(file.path)}`;
