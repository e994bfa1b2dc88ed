import type { Json } from './json-value.ts';

/**
 * Path of the first difference between two JSON values, such as `$.entities[3].data.title`;
 * undefined if they are equal. The order of keys does not matter.
 */
export function firstDifference(
  actual: unknown,
  expected: unknown,
  path = '$',
): string | undefined {
  if (actual === expected) return undefined;
  if (
    typeof actual !== 'object' ||
    typeof expected !== 'object' ||
    actual === null ||
    expected === null
  )
    return path;
  if (Array.isArray(expected))
    return Array.isArray(actual) ? arrayDifference(actual, expected, path) : path;
  return Array.isArray(actual) ? path : objectDifference(actual as Json, expected as Json, path);
}

function arrayDifference(
  actual: readonly unknown[],
  expected: readonly unknown[],
  path: string,
): string | undefined {
  for (let index = 0; index < expected.length; index++) {
    // the path is only built for a difference: most values are equal
    if (actual[index] === expected[index]) continue;
    const found = firstDifference(actual[index], expected[index], `${path}[${index}]`);
    if (found !== undefined) return found;
  }
  return actual.length === expected.length ? undefined : path;
}

function objectDifference(actual: Json, expected: Json, path: string): string | undefined {
  let keys = 0;
  for (const key in expected) {
    keys++;
    const wanted = expected[key];
    const found = Object.hasOwn(actual, key) ? actual[key] : undefined;
    if (found === wanted && found !== undefined) continue;
    const difference = firstDifference(found, wanted, `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  for (const _ in actual) keys--;
  return keys === 0
    ? undefined
    : `${path}.${Object.keys(actual).find((key) => !Object.hasOwn(expected, key))}`;
}
