import { failed, ok, type Result } from '../../source/result.ts';
import type { Span } from '../../source/span.ts';
import type { YamlMapping, YamlScalar } from '../../source/yaml/tree.ts';

/**
 * Merges `from` into a map, at any depth; its values replace those of the map. The error is the key
 * of a map that would replace part of another value.
 */
export function merged(into: YamlMapping, from: YamlMapping): Result<YamlMapping, Span> {
  const pairs = new Map(into.pairs.map((pair) => [nameOf(pair.key), pair]));
  for (const pair of from.pairs) {
    const name = nameOf(pair.key);
    const known = pairs.get(name);
    if (known && pair.value.kind === 'mapping') {
      if (known.value.kind !== 'mapping') return failed(pair.key);
      const value = merged(known.value, pair.value);
      if (!value.ok) return value;
      pairs.set(name, { key: known.key, value: value.value });
    } else pairs.set(name, pair);
  }
  return ok({ ...into, pairs: [...pairs.values()] });
}

/** `~` and `null` are the same key, but not the text "null". */
const nameOf = (key: YamlScalar): string => (key.value === null ? '\0null' : key.text);
