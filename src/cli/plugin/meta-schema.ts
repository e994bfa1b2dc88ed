import { checkSchema } from '../../source/schema/check-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { parseYaml } from '../../source/yaml/parse.ts';

const schema: JsonSchema = { $ref: '#/$defs/schema' };
const byName: JsonSchema = { type: 'object', additionalProperties: schema };
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const text: JsonSchema = { type: 'string' };
const number: JsonSchema = { type: 'number' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const typeName: JsonSchema = {
  enum: ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'],
};

const keywords: Readonly<Record<keyof JsonSchema, JsonSchema>> = {
  $schema: text,
  $id: text,
  $defs: byName,
  $ref: { type: 'string', pattern: '^#/\\$defs/' },
  title: text,
  description: text,
  default: {},
  examples: listOf({}),
  type: { anyOf: [typeName, listOf(typeName)] },
  enum: listOf({}),
  const: {},
  properties: byName,
  additionalProperties: { anyOf: [{ type: 'boolean' }, schema] },
  propertyNames: schema,
  required: listOf(text),
  items: schema,
  minItems: count,
  maxItems: count,
  pattern: text,
  minLength: count,
  maxLength: count,
  minimum: number,
  maximum: number,
  anyOf: listOf(schema),
  oneOf: listOf(schema),
};

const metaSchema: JsonSchema = {
  ...schema,
  $defs: { schema: { type: 'object', additionalProperties: false, properties: keywords } },
};

/** Why a value is not a schema that `checkSchema` reads whole; undefined if it is one. */
export function schemaError(value: unknown): string | undefined {
  const text = jsonText(value);
  if (text === undefined) return "the schema can't be written as JSON";
  const { documents, errors } = parseYaml({ path: '', text });
  const [node] = documents;
  const diagnostics = node ? checkSchema(metaSchema, node, 'PCK001', 'the schema') : errors;
  return diagnostics[0]?.message;
}

/** Undefined for a value that holds itself, or numbers that JSON does not have. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
