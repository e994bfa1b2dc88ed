import type { Item, Query } from '../../query/tree.ts';
import type { ConditionPart, ConditionTest } from './condition-part.ts';
import { wordedTest } from './worded-test.ts';

/**
 * A query for readers: tests of one field that differ in nothing but the value are one test with
 * several values. Undefined where the query has no part, so that it holds always or never.
 */
export function conditionParts(query: Query): ConditionPart | undefined {
  switch (query.kind) {
    case 'item':
      return testOf(query);
    case 'not': {
      const part = conditionParts(query.operand);
      if (!part) return undefined;
      return { kind: 'none', parts: part.kind === 'any' ? part.parts : [part] };
    }
    case 'and':
    case 'or':
      return groupOf(query.kind === 'and' ? 'all' : 'any', query.operands);
  }
}

function groupOf(kind: 'all' | 'any', operands: readonly Query[]): ConditionPart | undefined {
  const parts = gathered(
    operands.flatMap((operand) => conditionParts(operand) ?? []),
    kind,
  );
  const [only] = parts;
  return parts.length > 1 ? { kind, parts } : only;
}

/** The tests that differ in nothing but the value stand where the first of them is. */
function gathered(parts: readonly ConditionPart[], link: 'all' | 'any'): readonly ConditionPart[] {
  const tests = new Map<string, string[]>();
  const kept: ConditionPart[] = [];
  for (const part of parts) {
    if (part.kind !== 'test' || part.values.length !== 1) {
      kept.push(part);
      continue;
    }
    const key = `${part.field === undefined ? '' : `.${part.field}`}\n${part.operation}`;
    const known = tests.get(key);
    if (known) {
      if (!part.values.every((value) => known.includes(value))) known.push(...part.values);
      continue;
    }
    const values = [...part.values];
    tests.set(key, values);
    kept.push({ ...part, values, link });
  }
  return kept;
}

function testOf({ field, test }: Item): ConditionTest {
  const { operation, value } = wordedTest(test, field === undefined);
  return {
    kind: 'test',
    field,
    operation,
    values: value === undefined ? [] : [value],
    link: 'any',
  };
}
