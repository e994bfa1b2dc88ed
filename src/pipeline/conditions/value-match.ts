import { refersToFields, type SettledItem, type SettledValue } from '../../query/settled.ts';
import type { Test } from '../../query/tree.ts';
import { ANY, isPlaceholder, ONE, type Pattern, parsePattern } from '../../sigma/value/pattern.ts';
import { lookup, type YamlMapping, type YamlScalar } from '../../source/yaml/tree.ts';

/**
 * The only test of a value. pySigma's conditions see no text in a value that became several by
 * `windash` or `base64offset`.
 */
export function onlyTest({ tests, absent }: SettledValue): Test | undefined {
  return absent || tests.length !== 1 ? undefined : tests[0];
}

/** A pattern as pySigma writes it out: wildcards of the text are escaped, backslashes are not. */
export function plainText(pattern: Pattern): string {
  const only = pattern[0];
  if (
    pattern.length === 1 &&
    typeof only === 'string' &&
    !only.includes('*') &&
    !only.includes('?')
  )
    return only;
  let text = '';
  for (const part of pattern) {
    if (part === ANY) text += '*';
    else if (part === ONE) text += '?';
    else text += isPlaceholder(part) ? `%${part.placeholder}%` : part.replace(/[*?]/g, '\\$&');
  }
  return text;
}

/** The parameter `value` of a condition; null is Sigma's null. */
export function valueParameter(condition: YamlMapping): YamlScalar['value'] {
  const node = lookup(condition, 'value');
  return node?.kind === 'scalar' ? node.value : null;
}

/** `contains_detection_item`: of the same type and equal. Texts under `cased` are another type. */
export function sameTyped(wanted: YamlScalar['value']): (value: SettledValue) => boolean {
  const equals = equalTo(wanted);
  return (value) => {
    const test = onlyTest(value);
    if (!test) return false;
    if (test.kind === 'null') return wanted === null;
    if (test.kind === 'time' || (test.kind === 'string' && test.cased)) return false;
    return !(test.kind === 'number' && typeof wanted === 'boolean') && equals(test);
  };
}

/**
 * `match_value`: equal by pySigma's rules, by which the number 1 equals true, but true not 1, and
 * nothing equals null.
 */
export function equalTo(wanted: YamlScalar['value']): (test: Test) => boolean {
  const pattern = typeof wanted === 'string' ? parsePattern(wanted) : undefined;
  const number = typeof wanted === 'boolean' ? Number(wanted) : wanted;
  return (test) => {
    switch (test.kind) {
      case 'string':
        return pattern !== undefined && samePattern(test.pattern, pattern);
      case 'number':
        return sameNumber(test.value, number);
      case 'time':
        return test.operator === 'eq' && sameNumber(test.value, number);
      case 'boolean':
        return test.value === wanted;
      default:
        return false;
    }
  };
}

// a number may be a bigint and still the same
const sameNumber = (value: number | bigint, wanted: unknown): boolean =>
  (typeof wanted === 'number' || typeof wanted === 'bigint') && value >= wanted && value <= wanted;

const samePattern = (one: Pattern, other: Pattern): boolean =>
  one.length === other.length && one.every((part, at) => part === other[at]);

/** True where any value of an item refers to a field for which `holds`. */
export function refersTo(item: SettledItem, holds: (field: string) => boolean): boolean {
  return (
    refersToFields(item) &&
    item.values.some(({ tests }) =>
      tests.some((test) => test.kind === 'field' && holds(test.other)),
    )
  );
}
