import type { JsonSchema } from '../source/schema/json-schema.ts';
import { lookup, type YamlMapping, type YamlScalar } from '../source/yaml/tree.ts';

/** A list of texts, or one that stands for a list of itself, as many pipelines have it. */
export const textsSchema = (
  description: string,
  items: JsonSchema = { type: 'string' },
): JsonSchema => ({
  ...items,
  type: ['string', 'array'],
  items,
  description,
});

/** The texts of such a list, which the schema has checked; undefined where there is none. */
export function textList(item: YamlMapping, name: string): readonly string[] | undefined {
  return textNodes(item, name)?.map(({ text }) => text);
}

export function textNodes(item: YamlMapping, name: string): readonly YamlScalar[] | undefined {
  const node = lookup(item, name);
  if (node?.kind === 'scalar') return node.value === null ? undefined : [node];
  return node?.kind === 'sequence'
    ? node.items.flatMap((one) => (one.kind === 'scalar' ? [one] : []))
    : undefined;
}
