import { type Span, spanOf } from '../span.ts';

/** A node of a YAML tree. Each node is a {@link Span}. */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

export interface YamlScalar extends Span {
  readonly kind: 'scalar';
  /** Resolved by YAML 1.2's core schema. Integers beyond 2^53 are bigints. */
  readonly value: string | number | bigint | boolean | null;
  /** The text after unquoting, before its type is resolved. */
  readonly text: string;
  /** False for quoted and block scalars, which are always strings. */
  readonly plain: boolean;
}

export interface YamlSequence extends Span {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

export interface YamlMapping extends Span {
  readonly kind: 'mapping';
  readonly pairs: readonly YamlPair[];
}

export interface YamlPair {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

/** The value of a mapping's key; undefined if the node is not a mapping or has no such key. */
export function lookup(node: YamlNode | undefined, key: string): YamlNode | undefined {
  if (node?.kind !== 'mapping') return undefined;
  for (const pair of node.pairs) if (pair.key.text === key) return pair.value;
  return undefined;
}

/** Undefined if the node is not a scalar. */
export const textOfScalar = (node: YamlNode | undefined): string | undefined =>
  node?.kind === 'scalar' ? node.text : undefined;

/** The place of a mapping's key. */
export function spanOfKey(node: YamlNode | undefined, key: string): Span | undefined {
  if (node?.kind !== 'mapping') return undefined;
  const pair = node.pairs.find((one) => one.key.text === key);
  return pair && spanOf(pair.key);
}

/** The tree as plain JavaScript data. Maps become objects without a prototype. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return typeof node.value === 'bigint' ? node.text : node.value;
  if (node.kind === 'sequence') return node.items.map(toPlain);
  const result: Record<string, unknown> = Object.create(null);
  for (const pair of node.pairs) result[pair.key.text] = toPlain(pair.value);
  return result;
}
