/** True for a JSON object: neither a list nor null. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value of JSON as a text. An object of a stranger may have a `toString` of its own. */
export const valueText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/** A value for each of the keys. */
export const recordOf = <Key extends string, const Value>(
  keys: readonly Key[],
  of: (key: Key) => Value,
): Readonly<Record<Key, Value>> =>
  // Object.fromEntries forgets which keys there are
  Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<Key, Value>;

/** The keys of a record that is written out: it has no others. */
export function keysOf<Key extends string>(
  record: Readonly<Partial<Record<Key, unknown>>>,
): readonly Key[] {
  const keys: Key[] = [];
  for (const key in record) keys.push(key);
  return keys;
}
