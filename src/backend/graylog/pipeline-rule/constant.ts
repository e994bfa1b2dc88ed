import type { Combined, Condition } from './condition.ts';

export const always: Condition = { kind: 'and', operands: [] };
export const never: Condition = { kind: 'or', operands: [] };

/** The truth of a condition that is the same for every message; undefined for others. */
export function constantOf(condition: Condition): boolean | undefined {
  const isEmpty =
    (condition.kind === 'and' || condition.kind === 'or') && condition.operands.length === 0;
  return isEmpty ? condition.kind === 'and' : undefined;
}

export const negated = (condition: Condition): Condition => {
  const constant = constantOf(condition);
  if (constant !== undefined) return constant ? never : always;
  return condition.kind === 'not' ? condition.operand : { kind: 'not', operand: condition };
};

/** Joins conditions without the constants among them, flat. */
export function combined(kind: Combined['kind'], operands: readonly Condition[]): Condition {
  const decisive = kind === 'or';
  const kept: Condition[] = [];
  for (const operand of operands) {
    const constant = constantOf(operand);
    if (constant === decisive) return operand;
    if (constant !== undefined) continue;
    if (operand.kind === kind) kept.push(...operand.operands);
    else kept.push(operand);
  }
  const [only] = kept;
  return kept.length === 1 && only ? only : { kind, operands: kept };
}
