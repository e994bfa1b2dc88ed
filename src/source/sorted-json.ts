import { isRecord } from './record.ts';

/** Keys whose values two maps have differently; one that is missing is as null. */
export const differingKeys = (
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (key) => sortedJson(one[key] ?? null) !== sortedJson(other[key] ?? null),
  );

/** JSON whose maps have their keys in order: one text for equal values. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
