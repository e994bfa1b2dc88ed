import type { CompareOperator, Test } from '../../query/tree.ts';
import { ANY, openLiteral, type Pattern, patternText } from '../../sigma/value/pattern.ts';

/** A test in words: `{ operation: 'ends with', value: '\\cmd.exe' }`. */
export interface WordedTest {
  readonly operation: string;
  /** Undefined where the operation says all. */
  readonly value: string | undefined;
}

const comparisons: Readonly<Record<CompareOperator, string>> = {
  lt: 'is less than',
  lte: 'is at most',
  gt: 'is greater than',
  gte: 'is at least',
};

const relations = {
  equals: 'is the same as the field',
  startswith: 'starts with the value of',
  endswith: 'ends with the value of',
  contains: 'contains the value of',
} as const;

/** `isKeyword`: the test searches the whole event, which it need not fill. */
export function wordedTest(test: Test, isKeyword: boolean): WordedTest {
  switch (test.kind) {
    case 'string':
      return wordedPattern(test.pattern, test.cased, isKeyword);
    case 'number':
    case 'boolean':
      return { operation: isKeyword ? 'contains' : 'is', value: String(test.value) };
    case 'null':
      return { operation: 'is absent', value: undefined };
    case 'exists':
      return { operation: 'is present', value: undefined };
    case 'regex': {
      const flags = [
        test.ignoreCase ? 'i' : '',
        test.multiline ? 'm' : '',
        test.dotAll ? 's' : '',
      ].join('');
      const operation = 'matches the regular expression';
      return { operation, value: flags === '' ? test.source : `(?${flags})${test.source}` };
    }
    case 'cidr':
      return { operation: 'is in the network', value: test.text };
    case 'compare':
      return { operation: comparisons[test.operator], value: String(test.value) };
    case 'field':
      return {
        operation: `${relations[test.relation]}${casedSuffix(test.cased)}`,
        value: test.other,
      };
    case 'time':
      return {
        operation: `has a ${test.part} that ${comparisonOf(test.operator)}`,
        value: String(test.value),
      };
    case 'expression':
      return { operation: 'meets the expression', value: test.expression };
  }
}

const comparisonOf = (operator: CompareOperator | 'eq'): string =>
  operator === 'eq' ? 'is' : comparisons[operator];

const casedSuffix = (cased: boolean): string => (cased ? ' (same letter case)' : '');

const openings = { none: 'is', start: 'ends with', end: 'starts with', both: 'contains' } as const;

function wordedPattern(pattern: Pattern, cased: boolean, isKeyword: boolean): WordedTest {
  if (pattern.length === 0) return { operation: 'is empty', value: undefined };
  if (pattern.length === 1 && pattern[0] === ANY)
    return { operation: 'is present', value: undefined };
  const literal = openLiteral(pattern);
  const suffix = casedSuffix(cased);
  if (!literal) return { operation: `matches${suffix}`, value: patternText(pattern) };
  const word = isKeyword ? 'contains' : openings[literal.open];
  return { operation: `${word}${suffix}`, value: literal.text };
}
