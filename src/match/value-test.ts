import type { CidrTest, CompareOperator, StringTest, Test, TimeTest } from '../query/tree.ts';
import { addressBytes, networkMask } from '../sigma/value/cidr.ts';
import { ANY, joinParts, type Pattern } from '../sigma/value/pattern.ts';
import { datePart } from './date-part.ts';
import { decimalOf } from './decimal.ts';
import { lowerOf, type Value } from './event.ts';
import { type GlobTest, globTest, lowerPattern } from './glob.ts';
import { regexTest } from './regex-test.ts';

export type ValueTest = (value: Value) => boolean;

/** The test of one value, for the kinds of tests that do not need the whole event. */
export function valueTest(
  test: Exclude<Test, { kind: 'null' | 'exists' | 'field' | 'expression' }>,
): ValueTest {
  switch (test.kind) {
    case 'string':
      return stringTest(test.pattern, test.cased);
    case 'number':
      return numberTest(test.value);
    case 'boolean': {
      const wanted = String(test.value);
      return (value) => lowerOf(value) === wanted;
    }
    case 'regex':
      return regexTest(test);
    case 'cidr':
      return (value) => isInBlock(test, value.text);
    case 'compare':
      return compareTest(test.operator, Number(test.value));
    case 'time':
      return timeTest(test);
  }
}

/** The test for a keyword in a text of the event: the text contains it. */
export function keywordTest(test: Test): ValueTest {
  if (test.kind === 'string') return stringTest(joinParts([ANY, ...test.pattern, ANY]), test.cased);
  if (test.kind === 'number') {
    const digits = String(test.value);
    return ({ text }) => text.includes(digits);
  }
  return test.kind === 'regex' ? regexTest(test) : () => false;
}

function stringTest(pattern: Pattern, cased: StringTest['cased']): ValueTest {
  const matches: GlobTest = globTest(cased ? pattern : lowerPattern(pattern));
  return cased ? (value) => matches(value.text) : (value) => matches(lowerOf(value));
}

function numberTest(wanted: number | bigint): ValueTest {
  const text = String(wanted);
  return (value) => value.raw === wanted || value.text === text;
}

function isInBlock({ version, bytes, prefix }: CidrTest, text: string): boolean {
  const address = addressBytes(version, text);
  return (
    address?.every((byte, index) => (byte & networkMask(prefix, index)) === bytes[index]) ?? false
  );
}

function compareTest(operator: CompareOperator, wanted: number): ValueTest {
  return ({ text }) => {
    const number = decimalOf(text);
    return number !== undefined && compared(number, operator, wanted);
  };
}

function timeTest({ part, operator, value: wanted }: TimeTest): ValueTest {
  return ({ text }) => {
    const actual = datePart(part, text);
    return (
      actual !== undefined &&
      (operator === 'eq' ? actual === wanted : compared(actual, operator, wanted))
    );
  };
}

function compared(number: number, operator: CompareOperator, wanted: number): boolean {
  switch (operator) {
    case 'lt':
      return number < wanted;
    case 'lte':
      return number <= wanted;
    case 'gt':
      return number > wanted;
    case 'gte':
      return number >= wanted;
  }
}
