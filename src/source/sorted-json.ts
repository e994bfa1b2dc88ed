import { isRecord } from './record.ts';

/** The keys whose values differ between two maps. A missing value counts as null. */
export const differingKeys = (
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (key) => sortedJson(one[key] ?? null) !== sortedJson(other[key] ?? null),
  );

/** JSON with the keys of maps in order, so that equal values give equal texts. */
export const sortedJson = (value: unknown): string => JSON.stringify(sorted(value));

/** A function that JSON.stringify calls for each value takes three times as long. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value) || typeof value.toJSON === 'function') return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}
