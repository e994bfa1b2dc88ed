import { lookup, toPlain, type YamlMapping } from '../../source/yaml/tree.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import { textOf } from '../parameters.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import type { ConditionDefinition } from './condition-definition.ts';

export const orderOperators = ['eq', 'ne', 'gte', 'gt', 'lte', 'lt'] as const;
export type OrderOperator = (typeof orderOperators)[number];

/** Whether the operator holds for two values whose difference has that sign (negative: less). */
export function holdsForOrder(operator: OrderOperator, difference: number): boolean {
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    case 'gte':
      return difference >= 0;
    case 'gt':
      return difference > 0;
    case 'lte':
      return difference <= 0;
    case 'lt':
      return difference < 0;
  }
}

function operatorOf(condition: YamlMapping): OrderOperator {
  return orderOperators.find((operator) => operator === textOf(condition, 'op')) ?? 'eq';
}

/** `processing_state`, of rules, items and fields alike. */
export function stateDefinition<C>(
  conditionOf: (holds: (rule: RuleInProcess) => boolean) => C,
): ConditionDefinition<C> {
  return {
    parameters: { key: { type: 'string' }, val: {}, op: { enum: orderOperators } },
    required: ['key', 'val'],
    create: (condition) => {
      const key = textOf(condition, 'key') ?? '';
      const value = lookup(condition, 'val');
      const wanted = value && toPlain(value);
      const operator = operatorOf(condition);
      return conditionOf(
        (rule) => rule.state.has(key) && compares(rule.state.get(key), wanted, operator, key),
      );
    },
  };
}

/** `processing_item_applied`, of rules, items and fields alike. */
export function appliedDefinition<C>(conditionOf: (id: string) => C): ConditionDefinition<C> {
  return {
    parameters: {
      processing_item_id: {
        type: ['string', 'integer'],
        description: 'The `id` of a processing item.',
      },
    },
    required: ['processing_item_id'],
    create: (condition) => conditionOf(textOf(condition, 'processing_item_id') ?? ''),
  };
}

function compares(found: unknown, wanted: unknown, operator: OrderOperator, key: string): boolean {
  if (operator === 'eq') return sameValue(found, wanted);
  if (operator === 'ne') return !sameValue(found, wanted);
  const left = orderable(found);
  const right = orderable(wanted);
  if (typeof left === 'number' && typeof right === 'number')
    return holdsForOrder(operator, left - right);
  if (typeof left === 'string' && typeof right === 'string')
    return holdsForOrder(operator, left < right ? -1 : left > right ? 1 : 0);
  const values = `${typeName(found)} and ${typeName(wanted)}`;
  throw new ProcessingError(
    `the state \`${key}\` can't be compared by \`${operator}\`: ${values} have no order`,
    undefined,
    'Compare numbers with numbers and texts with texts.',
  );
}

/** Truth values count as 0 and 1, as in Python. */
const orderable = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

const typeName = (value: unknown): string =>
  value === null || value === undefined
    ? 'nothing'
    : Array.isArray(value)
      ? 'a list'
      : `a ${typeof value}`;

/** Equality of plain YAML data by Python's rules. */
function sameValue(left: unknown, right: unknown): boolean {
  const a = orderable(left);
  const b = orderable(right);
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((one, at) => sameValue(one, b[at]))
    );
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const entries = new Map(Object.entries(b));
  const own = Object.entries(a);
  return (
    own.length === entries.size &&
    own.every(([key, value]) => entries.has(key) && sameValue(value, entries.get(key)))
  );
}
