import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { nearestHint } from '../../source/nearest.ts';
import { checkSchema } from '../../source/schema/check-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { SourceFile } from '../../source/span.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import type { ConditionDefinitions } from '../conditions/condition-definition.ts';
import { PipelineError } from '../definition.ts';
import {
  type Linked,
  type NamedCondition,
  parseConditionExpression,
} from './condition-expression.ts';

/**
 * What kind of conditions: the keys `<kind>_conditions`, `<kind>_cond_op`, `<kind>_cond_not` and
 * `<kind>_cond_expr`.
 */
export type ConditionKind = 'rule' | 'detection_item' | 'field_name';

/** Where errors are told. */
export interface Reasons {
  readonly file: SourceFile;
  readonly bag: DiagnosticBag;
}

/**
 * Schema of the keys of one kind of conditions; the conditions themselves are checked one by one.
 */
export function conditionKeys(kind: ConditionKind): Readonly<Record<string, JsonSchema>> {
  return {
    [`${kind}_conditions`]: { type: ['array', 'object'] },
    [`${kind}_cond_op`]: { type: ['string', 'null'] },
    [`${kind}_cond_not`]: { type: 'boolean' },
    [`${kind}_cond_expr`]: { type: ['string', 'null'] },
  };
}

/**
 * The conditions of one kind of a processing item, linked as it says. Those wrong have been
 * reported and are left out.
 */
export function readConditionSet<C>(
  reasons: Reasons,
  item: YamlMapping,
  kind: ConditionKind,
  definitions: ConditionDefinitions<C>,
): Linked<C> {
  const node = lookup(item, `${kind}_conditions`);
  const expression = lookup(item, `${kind}_cond_expr`);
  const conditions = node
    ? readConditions(reasons, node, definitions)
    : new Map<string, C | undefined>();
  const linked =
    expression?.kind === 'scalar' && expression.value !== null
      ? told(reasons, () => byExpression(reasons, item, kind, conditions))
      : told(reasons, () => ({
          kind: linkingOf(item, kind, conditions.size),
          operands: known(conditions),
        }));
  // rules meet no conditions at all whatever is said of their linking; items and fields do not
  if (!linked || (kind === 'rule' && conditions.size === 0)) return { kind: 'all', operands: [] };
  return textAt(item, `${kind}_cond_not`)?.toLowerCase() === 'true'
    ? { kind: 'not', operand: linked }
    : linked;
}

/**
 * `or`: one condition suffices. pySigma reads any other word as `and`, whatever its author meant:
 * that is told where it makes a difference, which it does not for a single condition, nor for a
 * word that means `and`.
 */
function linkingOf(item: YamlMapping, kind: ConditionKind, count: number): 'any' | 'all' {
  const key = `${kind}_cond_op`;
  const op = textAt(item, key) ?? 'and';
  if (op === 'or') return 'any';
  const isWord = /^(?:and|or|any|all)$/i.test(op);
  if (!isWord || (count > 1 && !/^(?:and|all)$/i.test(op))) {
    const hint =
      'Write `or` where one of the conditions suffices, `and` where all of them must hold.';
    throw new PipelineError(
      `\`${key}\` must be \`and\` or \`or\`; pySigma takes \`${op}\` for \`and\``,
      lookup(item, key) ?? item,
      hint,
    );
  }
  return 'all';
}

/** Runs what may throw a {@link PipelineError} and tells of it; undefined then. */
export function told<T>({ file, bag }: Reasons, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const { message, span, hint } = error;
    bag.add(file, { code: 'PIP001', message, span, ...(hint === undefined ? {} : { hint }) });
    return undefined;
  }
}

function textAt(item: YamlMapping, key: string): string | undefined {
  const node = lookup(item, key);
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

function known<C>(conditions: ReadonlyMap<string, C | undefined>): readonly Linked<C>[] {
  return [...conditions.values()].flatMap((condition) =>
    condition === undefined ? [] : [{ kind: 'one' as const, condition }],
  );
}

/** Conditions by id, or by number in a list; undefined for those wrong. */
function readConditions<C>(
  reasons: Reasons,
  node: YamlNode,
  definitions: ConditionDefinitions<C>,
): ReadonlyMap<string, C | undefined> {
  if (node.kind === 'scalar') return new Map();
  const named =
    node.kind === 'mapping'
      ? node.pairs.map(({ key, value }) => [key.text, value] as const)
      : node.items.map((value, index) => [`${index + 1}`, value] as const);
  return new Map(
    named.map(([name, value]) => [
      name,
      told(reasons, () => readCondition(reasons, value, definitions)),
    ]),
  );
}

function readCondition<C>(
  { file, bag }: Reasons,
  node: YamlNode,
  definitions: ConditionDefinitions<C>,
): C | undefined {
  if (node.kind !== 'mapping')
    throw new PipelineError(
      'a condition must be a map',
      node,
      'Write its `type` and what that takes.',
    );
  const type = lookup(node, 'type');
  if (type?.kind !== 'scalar' || type.value === null)
    throw new PipelineError(
      'the condition lacks its `type`',
      startOf(node),
      `Known: ${Object.keys(definitions).join(', ')}.`,
    );
  const definition = Object.hasOwn(definitions, type.text) ? definitions[type.text] : undefined;
  if (!definition)
    throw new PipelineError(
      `there is no condition \`${type.text}\` here`,
      type,
      nearestHint(type.text, Object.keys(definitions)),
    );
  const schema: JsonSchema = {
    type: 'object',
    properties: { type: {}, ...definition.parameters },
    required: definition.required,
    additionalProperties: false,
  };
  const diagnostics = checkSchema(schema, node, 'PIP001', `\`${type.text}\``);
  for (const diagnostic of diagnostics) bag.add(file, diagnostic);
  return diagnostics.length === 0 ? definition.create(node) : undefined;
}

const startOf = ({ start }: YamlNode): { readonly start: number; readonly end: number } => ({
  start,
  end: start,
});

function byExpression<C>(
  reasons: Reasons,
  item: YamlMapping,
  kind: ConditionKind,
  conditions: ReadonlyMap<string, C | undefined>,
): Linked<C> | undefined {
  const expression = lookup(item, `${kind}_cond_expr`);
  if (expression?.kind !== 'scalar') return undefined;
  if (textAt(item, `${kind}_cond_op`) !== undefined)
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
  const linked = resolved(
    reasons,
    parseConditionExpression(reasons.file, expression),
    conditions,
    used,
  );
  for (const { key } of node.pairs) {
    if (used.has(key.text)) continue;
    reasons.bag.add(reasons.file, {
      code: 'PIP001',
      message: `\`${kind}_cond_expr\` does not use the condition \`${key.text}\``,
      span: key,
      hint: 'Use it in the expression, or remove it.',
    });
  }
  return linked;
}

function resolved<C>(
  reasons: Reasons,
  expression: Linked<NamedCondition>,
  conditions: ReadonlyMap<string, C | undefined>,
  used: Set<string>,
): Linked<C> {
  if (expression.kind === 'not')
    return { kind: 'not', operand: resolved(reasons, expression.operand, conditions, used) };
  if (expression.kind !== 'one')
    return {
      kind: expression.kind,
      operands: expression.operands.map((operand) => resolved(reasons, operand, conditions, used)),
    };
  const { name, start, end } = expression.condition;
  used.add(name);
  const condition = conditions.get(name);
  if (condition !== undefined) return { kind: 'one', condition };
  if (!conditions.has(name)) {
    const hint =
      conditions.size === 0
        ? 'No condition is defined.'
        : nearestHint(name, [...conditions.keys()]);
    reasons.bag.add(reasons.file, {
      code: 'PIP001',
      message: `no condition has the id \`${name}\``,
      span: { start, end },
      hint,
    });
  }
  return { kind: 'all', operands: [] };
}
