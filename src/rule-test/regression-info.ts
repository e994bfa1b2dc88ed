import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { parseYaml } from '../source/yaml/parse.ts';
import { lookup, type YamlMapping, type YamlNode, type YamlScalar } from '../source/yaml/tree.ts';
import type { Expectation, RuleName, TestCase } from './test-case.ts';

/**
 * The cases of an `info.yml` in SigmaHQ's `regression_data`: each test for each rule that the file
 * names. Other files have none.
 */
export function readRegressionInfo(file: SourceFile, bag: DiagnosticBag): readonly TestCase[] {
  const { documents, errors } = parseYaml(file);
  for (const error of errors) bag.add(file, error);
  return documents.flatMap((node) => {
    const tests = mappings(lookup(node, 'regression_tests_info'));
    if (tests.length === 0) return [];
    const rules = mappings(lookup(node, 'rule_metadata')).flatMap(
      (metadata) => scalar(metadata, 'id') ?? [],
    );
    if (rules.length === 0)
      bag.add(file, {
        code: 'TST001',
        message: 'the file names no rule',
        span: node,
        hint: 'Name the rule by its id under `rule_metadata`.',
      });
    return rules.flatMap((rule) =>
      tests.flatMap(
        (test) =>
          readCase(file, test, { text: rule.text, start: rule.start, end: rule.end }, bag) ?? [],
      ),
    );
  });
}

function mappings(node: YamlNode | undefined): readonly YamlMapping[] {
  return node?.kind === 'sequence' ? node.items.filter((item) => item.kind === 'mapping') : [];
}

function scalar(node: YamlMapping, key: string): YamlScalar | undefined {
  const value = lookup(node, key);
  return value?.kind === 'scalar' && value.value !== null ? value : undefined;
}

function readCase(
  file: SourceFile,
  node: YamlMapping,
  rule: RuleName,
  bag: DiagnosticBag,
): TestCase | undefined {
  const path = scalar(node, 'path');
  const count = scalar(node, 'match_count');
  const name = scalar(node, 'name');
  const wrong = !path
    ? 'the test has no `path`'
    : count && !(typeof count.value === 'number' && count.value >= 0)
      ? '`match_count` must be a number'
      : undefined;
  if (wrong !== undefined || !path) {
    bag.add(file, {
      code: 'TST001',
      message: wrong ?? '',
      span: count ?? { start: node.start, end: node.start },
    });
    return undefined;
  }
  // SigmaHQ's runner only warns of more matches than counted
  const expected: Expectation = { kind: 'atLeast', count: count ? Number(count.value) : 1 };
  const { start, end } = name ?? path;
  return {
    file,
    name: name?.text ?? path.text,
    span: { start, end },
    rule,
    expected,
    source: { kind: 'file', path: path.text, span: path },
  };
}
