import type { CidrTest, CompareTest, FieldTest, Item, TimeTest } from '../../query/tree.ts';
import { ANY, type Pattern } from '../../sigma/value/pattern.ts';
import { datePartRegex } from '../date-part.ts';
import { addressRegex } from '../lucene/address.ts';
import { comparedNumbers } from './numbers.ts';
import { regexExact } from './regex.ts';
import { jsonText } from './strings.ts';
import { hasLetters, keyPattern, literal, NEVER, sensitive, UNIT, type Writing } from './text.ts';

/**
 * The value behind `"field":` on a JSON line. It is exact except for what it leaves out: values in
 * arrays, numbers where the rule has wildcards or an expression, numbers with an exponent. {@link
 * NEVER} where there is no exact form. `field` is undefined for keywords, which are any text.
 */
export function exactValue(item: Item, writing: Writing): string {
  const { test } = item;
  switch (test.kind) {
    case 'string':
      return stringValue(test.pattern, test.cased, writing);
    case 'number':
      return scalar(literal(String(test.value), false, writing));
    case 'boolean':
      return scalar(literal(String(test.value), false, writing));
    case 'null':
      return 'null';
    case 'exists':
      return '(?!null)';
    case 'regex': {
      const start = `${item.field === undefined ? '":' : keyPattern(item.field, writing)}"`;
      const text = regexExact(test, start, writing);
      return text === undefined ? NEVER : `"${text}`;
    }
    case 'cidr': {
      const address = addressPattern(test);
      return address === undefined ? NEVER : `"${address}"`;
    }
    case 'compare':
      return compareValue(test);
    case 'time':
      return timeValue(test) ?? NEVER;
    case 'field':
    case 'expression':
      return NEVER;
  }
}

const scalar = (text: string): string => `(?:"${text}"|${text}[,}])`;

function stringValue(pattern: Pattern, cased: boolean, writing: Writing): string {
  const only = pattern[0];
  if (pattern.length === 1 && only === ANY) return '(?!null)';
  const text = jsonText(pattern, cased, writing);
  // a number in the rule's quotes may have none on the line
  const bare =
    pattern.length === 1 &&
    typeof only === 'string' &&
    /^(?:-?\d+(?:\.\d+)?|true|false)$/i.test(only);
  return bare ? `(?:${text}|${literal(only, cased, writing)}[,}])` : text;
}

/** A byte of an IPv4 address as the Lucene backend spells it. */
const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';

/**
 * With groups that don't count; a free byte is up to three digits, since long lists of blocks would
 * be too large for PCRE.
 */
export function addressPattern(test: CidrTest): string | undefined {
  return addressRegex(test)
    ?.replaceAll(OCTET, '\\d{1,3}')
    .replaceAll('[0-9]', '\\d')
    .replaceAll('(', '(?:');
}

/**
 * A number or a text that is one. Below zero and between whole numbers there is no list of digits.
 */
function compareValue({ operator, value }: CompareTest): string {
  if (value < 0 || !/^\d+$/.test(String(value))) return NEVER;
  const numbers = comparedNumbers(operator, value);
  return scalar(numbers);
}

/** All numbers that compare so, and with an exponent or below zero some that don't. */
export function comparedOver({ operator, value }: CompareTest): string {
  const listed =
    value >= 0 && /^\d+$/.test(String(value))
      ? `${comparedNumbers(operator, value)}(?![0-9])|`
      : '[-0-9.]|';
  return `"?\\s*(?:${listed}-|[-0-9.]+[eE])`;
}

/** Undefined for weeks, which take a calendar. */
export function timeValue(test: TimeTest): string | undefined {
  const { part } = test;
  if (part === 'week') return undefined;
  const date = datePartRegex({ ...test, part });
  return date === undefined ? NEVER : `"${date}`;
}

/**
 * Both fields, in either order, as two look-aheads: the second looks for what the first has caught.
 */
export function fieldPattern(field: string, test: FieldTest, writing: Writing): string {
  const caught = test.cased ? sensitive('\\g{-1}', writing) : '\\g{-1}';
  if (!test.cased) writing.eitherCase = true;
  // besides the part that the relation names, the longer value may hold anything
  const whole = (name: string) =>
    `.*${keyPattern(name, writing)}(?!null)(?|"(${UNIT}*+)"|([^"\\[{,}]+))`;
  const found = {
    equals: `(?:"${caught}"|${caught}[,}])`,
    startswith: `"?${caught}`,
    endswith: `(?:"${UNIT}*?${caught}"|[^",}]*${caught}[,}])`,
    contains: `(?:"${UNIT}*?${caught}|[^",}]*${caught})`,
  }[test.relation];
  return `(?=${whole(test.other)})(?=.*${keyPattern(field, writing)}(?!null)${found})`;
}

export const mentionsLetters = (pattern: Pattern): boolean =>
  pattern.some((part) => typeof part === 'string' && hasLetters(part));
