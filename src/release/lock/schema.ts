import { levels } from '../../sigma/rule/rule.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';

const line: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 1000,
  pattern: '^[^\\p{Cc}]*$',
};
// titles and paths of rules: any text
const text: JsonSchema = { type: 'string' };
const version: JsonSchema = {
  type: 'string',
  pattern: '^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})$',
  description: 'A version is x.y.z.',
};
const uuid: JsonSchema = {
  type: 'string',
  pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
  description: 'Ids are UUIDs.',
};
const digest: JsonSchema = {
  type: 'string',
  pattern: '^[0-9a-f]{32}$',
  description: 'A digest has 32 hexadecimal digits.',
};
const slug: JsonSchema = { type: 'string', pattern: '^[a-z0-9_]{1,120}$' };
const macro: JsonSchema = { type: 'string', pattern: '^[a-z0-9_]{1,240}_filter$' };

const map = (
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
});

const rule = map(
  {
    title: text,
    file: text,
    stanza: line,
    slug,
    macro,
    generated: { const: true },
    entities: { type: 'array', items: uuid },
    disabled: { type: 'array', items: { enum: ['splunk', 'graylog'] } },
    severity: { enum: [...levels] },
    text: digest,
    condition: digest,
    settings: digest,
    splunk: digest,
    graylog: digest,
    added: version,
    changed: version,
  },
  ['macro', 'generated', 'entities', 'disabled', 'splunk', 'graylog'],
);

/** The JSON Schema of sigpack.lock. */
export const lockSchema: JsonSchema = map({
  lock: { const: 1, description: 'This Sigpack knows locks of the form 1.' },
  pack: map(
    {
      id: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]*$' },
      version,
      revision: { type: 'integer', minimum: 1 },
      parameters: { type: 'array', items: line },
      settings: { type: 'object', propertyNames: line, additionalProperties: text },
    },
    ['settings'],
  ),
  rules: { type: 'object', propertyNames: uuid, additionalProperties: rule },
  retired: {
    type: 'object',
    propertyNames: line,
    additionalProperties: map(
      { id: uuid, title: text, slug, macro, splunk: { type: 'boolean' }, retired: version },
      ['macro'],
    ),
  },
  end: {
    const: true,
    description: 'A lock ends with `end: true`; without it the rest of the file is missing.',
  },
});
