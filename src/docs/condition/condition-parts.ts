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
  // the set beside the list: a rule may have a hundred thousand values
  const tests = new Map<string, { readonly values: string[]; readonly seen: Set<string> }>();
  const kept: ConditionPart[] = [];
  for (const part of parts) {
    if (part.kind !== 'test' || part.values.length !== 1) {
      kept.push(part);
      continue;
    }
    const [value = ''] = part.values;
    const key = `${part.field === undefined ? '' : `.${part.field}`}\n${part.operation}`;
    const known = tests.get(key);
    if (known) {
      if (!known.seen.has(value)) known.values.push(value);
      known.seen.add(value);
      continue;
    }
    const values = [value];
    tests.set(key, { values, seen: new Set(values) });
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
