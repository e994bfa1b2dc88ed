import type { JsonSchema } from '../source/schema/json-schema.ts';
import {
  lookup,
  toPlain,
  type YamlMapping,
  type YamlNode,
  type YamlPair,
  type YamlScalar,
} from '../source/yaml/tree.ts';

/** Schema of a list of texts, or of one text in place of a list, as many pipelines have it. */
export const textsSchema = (
  description: string,
  items: JsonSchema = { type: 'string' },
): JsonSchema => ({
  ...items,
  type: ['string', 'array'],
  items,
  description,
});

/** The text of a parameter; undefined where it is missing or empty. */
export function textOf(item: YamlMapping, name: string): string | undefined {
  const node = lookup(item, name);
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

/** Where to report what is wrong with a parameter: the whole item where it is missing. */
export const placeOf = (item: YamlMapping, name: string): YamlNode => lookup(item, name) ?? item;

export function isTrue(item: YamlMapping, name: string): boolean {
  const node = lookup(item, name);
  return node !== undefined && toPlain(node) === true;
}

/** The texts of a parameter under {@link textsSchema}; undefined where it is missing. */
export function textList(item: YamlMapping, name: string): readonly string[] | undefined {
  return textNodes(item, name)?.map(({ text }) => text);
}

export function textNodes(item: YamlMapping, name: string): readonly YamlScalar[] | undefined {
  const node = lookup(item, name);
  return node && textNodesOf(node);
}

/** The scalars of a list, or a scalar in place of a list; undefined for null and for a map. */
export function textNodesOf(node: YamlNode): readonly YamlScalar[] | undefined {
  if (node.kind === 'scalar') return node.value === null ? undefined : [node];
  return node.kind === 'sequence'
    ? node.items.flatMap((one) => (one.kind === 'scalar' ? [one] : []))
    : undefined;
}

/** The entries of a list; none where it is missing. */
export function entriesOf(item: YamlMapping, name: string): readonly YamlNode[] {
  const node = lookup(item, name);
  return node?.kind === 'sequence' ? node.items : [];
}

/** The pairs of a map; none where it is missing. */
export function pairsOf(item: YamlMapping, name: string): readonly YamlPair[] {
  const node = lookup(item, name);
  return node?.kind === 'mapping' ? node.pairs : [];
}
