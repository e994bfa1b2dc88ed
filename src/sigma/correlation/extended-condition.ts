import { createBag } from '../../source/diagnostic.ts';
import type { Span } from '../../source/span.ts';
import type { YamlNode, YamlScalar } from '../../source/yaml/tree.ts';
import type { Reader } from '../rule/attribute.ts';
import type { ConditionNode } from '../rule/condition.ts';
import { parseCondition } from '../rule/condition-parser.ts';
import type { RuleReference } from './correlation.ts';

/** What an expression over rules asks for: all of them, or any. */
export interface ExtendedCondition {
  readonly rules: readonly RuleReference[];
  readonly all: boolean;
}

type Fault = Span & { readonly message: string; readonly hint: string };

/**
 * An expression over rules in place of the map of criteria, which pySigma has and Sigma 2.1 does
 * not.
 */
export const isExpression = (node: YamlNode | undefined): node is YamlScalar =>
  node?.kind === 'scalar' && /^[\w\s().-]*\b(?:and|or|not)\b[\w\s().-]*$/i.test(node.text);

/**
 * `a and b` is what a temporal correlation asks for anyway, `a or b` its condition `gte: 1`. Others
 * have no counterpart in the specification.
 */
export function readExtended(
  { file }: Pick<Reader, 'file'>,
  node: YamlScalar,
): ExtendedCondition | Fault {
  const bag = createBag();
  const tree = parseCondition({ file, bag }, node);
  const [diagnostic] = bag.list;
  if (!tree)
    return {
      start: node.start,
      end: node.end,
      ...diagnostic?.span,
      message: diagnostic?.message ?? '',
      hint: diagnostic?.hint ?? '',
    };
  const names = namesIn(tree);
  const all = names !== undefined && tree.kind !== 'or';
  if (names) return { rules: distinct(names), all };
  return {
    start: node.start,
    end: node.end,
    message: 'a correlation of Sigma asks for all of its rules, or for some number of them',
    hint:
      'Expressions with `not`, or with `and` and `or` together, are for pySigma and the next ' +
      'specification: filter the rules, or write a correlation for each part of the `or`.',
  };
}

/** The words of an expression that can be names of rules, however it is put together. */
export const namesMentioned = (text: string): readonly string[] =>
  (text.match(/[\w-]+/g) ?? []).filter((word) => !/^(?:and|or|not)$/i.test(word));

/** The names that one operator links; undefined for anything else. */
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
