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
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
