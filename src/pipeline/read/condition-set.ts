import { nearestHint } from '../../source/nearest.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import {
  lookup,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../source/yaml/tree.ts';
import type { ConditionDefinitions } from '../conditions/condition-definition.ts';
import { placeOf, textOf } from '../parameters.ts';
import { orReport, type PipelineDiagnostics, PipelineError } from '../pipeline-error.ts';
import {
  type Linked,
  type NamedCondition,
  parseConditionExpression,
} from './condition-expression.ts';
import { type EntryKind, fitsSchema, startOf, typedEntry } from './typed-entry.ts';

/**
 * What kind of conditions: the keys `<kind>_conditions`, `<kind>_cond_op`, `<kind>_cond_not` and
 * `<kind>_cond_expr`.
 */
export type ConditionKind = 'rule' | 'detection_item' | 'field_name';

/** Schema of the keys of one kind. The conditions themselves are checked one by one. */
export function conditionKeys(kind: ConditionKind): Readonly<Record<string, JsonSchema>> {
  return {
    [`${kind}_conditions`]: { type: ['array', 'object'] },
    [`${kind}_cond_op`]: { type: ['string', 'null'] },
    [`${kind}_cond_not`]: { type: 'boolean' },
    [`${kind}_cond_expr`]: { type: ['string', 'null'] },
  };
}

/** Conditions by id, or by number in a list; undefined for those that have been reported. */
type Conditions<C> = ReadonlyMap<string, C | undefined>;

/** The conditions of one kind of an item and how they are linked. Wrong ones are reported. */
export function readConditionSet<C>(
  diagnostics: PipelineDiagnostics,
  item: YamlMapping,
  kind: ConditionKind,
  definitions: ConditionDefinitions<C>,
): Linked<C> {
  const node = lookup(item, `${kind}_conditions`);
  const expression = lookup(item, `${kind}_cond_expr`);
  const conditions: Conditions<C> = node
    ? readConditions(diagnostics, node, definitions)
    : new Map();
  const linked = orReport(
    diagnostics,
    (): Linked<C> =>
      expression?.kind === 'scalar' && expression.value !== null
        ? linkedByExpression(diagnostics, item, kind, expression, conditions)
        : { kind: linkingOf(item, kind, conditions.size), operands: operandsOf(conditions) },
  );
  // a rule meets an empty set of conditions, however it is linked; items and fields do not
  if (!linked || (kind === 'rule' && conditions.size === 0)) return { kind: 'all', operands: [] };
  return textOf(item, `${kind}_cond_not`)?.toLowerCase() === 'true'
    ? { kind: 'not', operand: linked }
    : linked;
}

/**
 * `or`: one condition suffices. pySigma reads any other word as `and`, whatever its author meant.
 * That is reported where it makes a difference: not for a single condition, nor for a word that
 * means `and`.
 */
function linkingOf(item: YamlMapping, kind: ConditionKind, count: number): 'any' | 'all' {
  const key = `${kind}_cond_op`;
  const op = textOf(item, key) ?? 'and';
  if (op === 'or') return 'any';
  const isWord = /^(?:and|or|any|all)$/i.test(op);
  if (isWord && (count <= 1 || /^(?:and|all)$/i.test(op))) return 'all';
  throw new PipelineError(
    `\`${key}\` must be \`and\` or \`or\`; pySigma takes \`${op}\` for \`and\``,
    placeOf(item, key),
    'Write `or` where one of the conditions suffices, `and` where all of them must hold.',
  );
}

const operandsOf = <C>(conditions: Conditions<C>): readonly Linked<C>[] =>
  [...conditions.values()].flatMap((condition) =>
    condition === undefined ? [] : [{ kind: 'one' as const, condition }],
  );

function readConditions<C>(
  diagnostics: PipelineDiagnostics,
  node: YamlNode,
  definitions: ConditionDefinitions<C>,
): Conditions<C> {
  if (node.kind === 'scalar') return new Map();
  const named =
    node.kind === 'mapping'
      ? node.pairs.map(({ key, value }) => [key.text, value] as const)
      : node.items.map((value, index) => [`${index + 1}`, value] as const);
  return new Map(
    named.map(([name, value]) => [
      name,
      orReport(diagnostics, () => readCondition(diagnostics, value, definitions)),
    ]),
  );
}

function readCondition<C>(
  diagnostics: PipelineDiagnostics,
  node: YamlNode,
  definitions: ConditionDefinitions<C>,
): C | undefined {
  const kind: EntryKind = {
    noun: 'condition',
    untypedAt: startOf,
    unknownType: (type) =>
      new PipelineError(
        `there is no condition \`${type.text}\` here`,
        type,
        nearestHint(type.text, Object.keys(definitions)),
      ),
  };
  const entry = typedEntry(node, definitions, kind);
  const { parameters, required, create } = entry.definition;
  return fitsSchema(diagnostics, entry, { type: {}, ...parameters }, required)
    ? create(entry.mapping)
    : undefined;
}

function linkedByExpression<C>(
  diagnostics: PipelineDiagnostics,
  item: YamlMapping,
  kind: ConditionKind,
  expression: YamlScalar,
  conditions: Conditions<C>,
): Linked<C> {
  if (textOf(item, `${kind}_cond_op`) !== undefined)
    throw new PipelineError(
      `\`${kind}_cond_expr\` and \`${kind}_cond_op\` exclude each other`,
      expression,
      `Remove \`${kind}_cond_op\`.`,
    );
  const node = lookup(item, `${kind}_conditions`);
  if (node?.kind !== 'mapping')
    throw new PipelineError(
      `\`${kind}_cond_expr\` needs \`${kind}_conditions\` as a map`,
      expression,
      'Give each condition an id: a map from ids to conditions.',
    );
  const used = new Set<string>();
  const named = parseConditionExpression(diagnostics.file, expression);
  const linked = withConditions(diagnostics, named, conditions, used);
  for (const { key } of node.pairs) {
    if (used.has(key.text)) continue;
    diagnostics.bag.add(diagnostics.file, {
      code: 'PIP001',
      message: `\`${kind}_cond_expr\` does not use the condition \`${key.text}\``,
      span: key,
      hint: 'Use it in the expression, or remove it.',
    });
  }
  return linked;
}

/** The expression with the conditions that it names. Names without a condition are reported. */
function withConditions<C>(
  diagnostics: PipelineDiagnostics,
  expression: Linked<NamedCondition>,
  conditions: Conditions<C>,
  used: Set<string>,
): Linked<C> {
  const within = (operand: Linked<NamedCondition>): Linked<C> =>
    withConditions(diagnostics, operand, conditions, used);
  if (expression.kind === 'not') return { kind: 'not', operand: within(expression.operand) };
  if (expression.kind !== 'one')
    return { kind: expression.kind, operands: expression.operands.map(within) };
  const { name, start, end } = expression.condition;
  used.add(name);
  const condition = conditions.get(name);
  if (condition !== undefined) return { kind: 'one', condition };
  if (!conditions.has(name)) {
    const names = [...conditions.keys()];
    diagnostics.bag.add(diagnostics.file, {
      code: 'PIP001',
      message: `no condition has the id \`${name}\``,
      span: { start, end },
      hint: names.length === 0 ? 'No condition is defined.' : nearestHint(name, names),
    });
  }
  return { kind: 'all', operands: [] };
}
