import { resolve } from 'node:path';
import type { TestCase } from '../../rule-test/test-case.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { didYouMean, nearest } from '../../source/nearest.ts';
import { ruleStem } from './files.ts';

const isPath = (text: string): boolean => /\.ya?ml$/i.test(text);

/** Files of rules that cases name by path, as whole paths. */
export const namedRuleFiles = (testPath: string, cases: readonly TestCase[]): readonly string[] =>
  cases.flatMap(({ rule }) =>
    rule && isPath(rule.text) ? [resolve(testPath, '..', rule.text)] : [],
  );

/**
 * Finds the rule that a case is about, and reports where there is no such rule, or more than one.
 * `testPath` is whole.
 */
export function createRuleFinder(
  collection: Collection,
  bag: DiagnosticBag,
): (test: TestCase, testPath: string) => Rule | undefined {
  const byFile: Map<string, readonly Rule[]> = Map.groupBy(collection.rules, ({ file }) =>
    resolve(file.path),
  );
  // the rule of a copy is the one that is kept
  for (const { kept, left } of collection.leftOut) {
    const path = resolve(left.file.path);
    const rules = byFile.get(path) ?? [];
    if (kept.kind !== 'filter' && !rules.includes(kept)) byFile.set(path, [...rules, kept]);
  }
  const byStem = Map.groupBy(collection.rules, ({ file }) => stemOf(file.path));
  const beside = (testPath: string, name: string): readonly Rule[] =>
    byFile.get(resolve(testPath, '..', name)) ?? [];
  const besideStem = (testPath: string, stem: string): readonly Rule[] => {
    const rules = [...beside(testPath, `${stem}.yml`), ...beside(testPath, `${stem}.yaml`)];
    return rules.length > 0 ? rules : (byStem.get(stem) ?? []);
  };
  return (test, testPath) => {
    const given = test.rule?.text;
    const wanted = given ?? ruleStem(testPath);
    const byName = collection.find(wanted);
    if (given !== undefined && byName) return byName;
    const candidates =
      given === undefined
        ? besideStem(testPath, wanted)
        : isPath(given)
          ? beside(testPath, given)
          : [];
    // rules that only serve a correlation of the same file are not meant
    const main = candidates.filter((rule) => collection.standsAlone(rule));
    const [only = byName, second] = main.length > 0 ? main : candidates;
    if (only && !second) return only;
    const several =
      only && second ? [only, second] : candidates.length === 0 ? collection.named(wanted) : [];
    report(bag, test, wanted, several, [...byStem.keys()]);
    return undefined;
  };
}

const stemOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.ya?ml$/i, '');

/** Names that are compared for a hint. */
const maximumNear = 5000;

function report(
  bag: DiagnosticBag,
  { file, rule, span }: TestCase,
  wanted: string,
  several: readonly Rule[],
  stems: readonly string[],
): void {
  const place = { start: (rule ?? span).start, end: (rule ?? span).end };
  if (several.length > 0) {
    const titles = several.map(({ title }) => `"${title}"`).join(', ');
    const message = `\`${wanted}\` is more than one rule: ${titles}`;
    bag.add(file, {
      code: 'TST002',
      message,
      span: place,
      hint: 'Name one of them by its id or name under `rule:`.',
    });
    return;
  }
  const near = nearest(wanted, stems.slice(0, maximumNear));
  const hint =
    near === undefined
      ? 'Load its file with --rules, correct the name under `rule:`, or fix the errors of the ' +
        'rule (sigpack check).'
      : didYouMean(near);
  bag.add(file, {
    code: 'TST002',
    message: `no rule has the id, name or file \`${wanted}\``,
    span: place,
    hint,
  });
}
