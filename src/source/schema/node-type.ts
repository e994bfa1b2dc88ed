import type { YamlNode } from '../yaml/tree.ts';
import type { JsonSchema, SchemaType } from './json-schema.ts';

export function typesOf(type: JsonSchema['type']): readonly SchemaType[] {
  return type === undefined ? [] : typeof type === 'string' ? [type] : type;
}

export function hasType(node: YamlNode, type: SchemaType | readonly SchemaType[]): boolean {
  return typeof type === 'string' ? isOfType(node, type) : type.some((one) => isOfType(node, one));
}

function isOfType(node: YamlNode, type: SchemaType): boolean {
  if (type === 'object') return node.kind === 'mapping';
  if (type === 'array') return node.kind === 'sequence';
  if (node.kind !== 'scalar') return false;
  if (type === 'null') return node.value === null;
  if (type === 'integer') return typeof node.value === 'number' && Number.isInteger(node.value);
  return typeof node.value === type;
}

const typeNames = {
  object: 'a map',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
} as const satisfies Record<SchemaType, string>;

export const typeName = (type: SchemaType): string => typeNames[type];

export function nodeName(node: YamlNode): string {
  if (node.kind === 'mapping') return 'a map';
  if (node.kind === 'sequence') return 'a list';
  if (node.value === null) return 'empty';
  return typeof node.value === 'string' ? 'a string' : `\`${node.text}\``;
}
