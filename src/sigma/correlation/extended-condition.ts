import { codeCatalogue } from '../../source/code/catalogue.ts';
import type { NewDiagnostic } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import type { SourceFile } from '../../source/span.ts';
import {
  lookup,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../source/yaml/tree.ts';
import { note, type Reader } from '../rule/attribute.ts';
import type { ConditionNode } from '../rule/condition.ts';
import { parseCondition } from '../rule/condition-parser.ts';
import type { Condition } from './condition-reader.ts';
import type { RuleReference, Threshold } from './correlation.ts';
import { readReferences } from './reference-reader.ts';
import { report } from './report.ts';
import type { WrittenType } from './type-reader.ts';

/** What an expression over rules means: all of them, or any. */
interface AskedFor {
  readonly rules: readonly RuleReference[];
  readonly all: boolean;
}

/**
 * True for an expression over rules in place of a map of criteria, which pySigma has but Sigma 2.1
 * does not.
 */
export const isExpression = (node: YamlNode | undefined): node is YamlScalar =>
  node?.kind === 'scalar' && /^[\w\s().-]*\b(?:and|or|not)\b[\w\s().-]*$/i.test(node.text);

const asAll = [
  'all',
  'Name the rules under `rules` and leave the condition out: ' +
    'the specification has no expressions here.',
] as const;
const asAny = [
  '`gte: 1`',
  'Name the rules under `rules`, and write `condition: {gte: 1}`.',
] as const;

interface ReadExpression {
  readonly rules: readonly RuleReference[];
  readonly condition: Condition;
}

/** Reads an expression as rules and a condition; undefined after a diagnostic. */
export function readExpression(
  reader: Reader,
  node: YamlMapping,
  expression: YamlScalar,
  type: WrittenType | undefined,
): ReadExpression | undefined {
  const asked = rulesAskedFor(reader.file, expression);
  if (!asked.ok) return report(reader, asked.error.span, asked.error.message, asked.error.hint);
  const read = asked.value;
  if (type !== 'temporal' && (type !== 'temporal_ordered' || !read.all))
    return report(
      reader,
      expression,
      type === 'temporal_ordered'
        ? 'an order needs all of the rules'
        : 'an expression over rules needs the type temporal',
      type === 'temporal_ordered'
        ? 'Link them with `and`, or use the type temporal.'
        : 'Write `condition:` with `gte: 10` below it, or use the type temporal.',
    );
  const listed = lookup(node, 'rules') ? readReferences(reader, node) : read.rules;
  if (!listed) return undefined;
  const unmatched =
    listed.find(({ name }) => !read.rules.some((one) => one.name === name)) ??
    read.rules.find(({ name }) => !listed.some((one) => one.name === name));
  if (unmatched)
    return report(
      reader,
      unmatched,
      `\`${unmatched.name}\` is not both under \`rules\` and in the condition`,
      'Name the same rules in both.',
    );
  const thresholds: readonly Threshold[] = read.all ? [] : [{ operator: 'gte', value: 1 }];
  const [meaning, hint] = read.all ? asAll : asAny;
  note(reader, expression, `the expression is read as ${meaning} of the rules`, hint);
  return { rules: listed, condition: { thresholds, fields: [], percentile: undefined } };
}

/**
 * `a and b` is what a temporal correlation means anyway, and `a or b` its condition `gte: 1`.
 * Others have no equivalent in the specification.
 */
function rulesAskedFor(
  file: SourceFile,
  node: YamlScalar,
): Result<AskedFor, Omit<NewDiagnostic, 'code'>> {
  const parsed = parseCondition(file, node);
  if (!parsed.ok) {
    const { code, message, span, hint = codeCatalogue[code].hint } = parsed.error;
    return failed({ message, span, hint });
  }
  const names = namesIn(parsed.value);
  if (names) return ok({ rules: distinct(names), all: parsed.value.kind !== 'or' });
  return failed({
    message: 'a correlation of Sigma asks for all of its rules, or for some number of them',
    span: node,
    hint:
      'Expressions with `not`, or with `and` and `or` together, are for pySigma and the next ' +
      'specification: filter the rules, or write a correlation for each part of the `or`.',
  });
}

/** The words of an expression that may be names of rules, whatever its structure. */
export const namesMentioned = (text: string): readonly string[] =>
  (text.match(/[\w-]+/g) ?? []).filter((word) => !/^(?:and|or|not)$/i.test(word));

/** The names that are joined by a single operator; undefined for anything else. */
function namesIn(tree: ConditionNode): readonly RuleReference[] | undefined {
  if (tree.kind === 'name') return [tree];
  if (tree.kind !== 'and' && tree.kind !== 'or') return undefined;
  const parts = tree.operands.map((operand) =>
    operand.kind === 'name' || operand.kind === tree.kind ? namesIn(operand) : undefined,
  );
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

function distinct(references: readonly RuleReference[]): readonly RuleReference[] {
  const seen = new Set<string>();
  return references
    .filter(({ name }) => !seen.has(name) && seen.add(name).size > 0)
    .map(({ name, start, end }) => ({ name, start, end }));
}
