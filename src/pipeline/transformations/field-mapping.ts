import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { TransformationDefinition } from '../definition.ts';
import { pairsOf, placeOf, textNodesOf } from '../parameters.ts';
import type { FieldTransformation } from '../pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';

const name: JsonSchema = { type: 'string', minLength: 1 };

const mapping: JsonSchema = {
  type: 'object',
  additionalProperties: { type: ['string', 'array', 'null'], minLength: 1, items: name },
  description:
    'Names of fields, each with its new name or a list of them; the key null stands for keywords.',
};

const prefixMapping: JsonSchema = {
  type: 'object',
  additionalProperties: { type: ['string', 'array'], items: { type: 'string' } },
  description: 'Starts of field names, each with what replaces it or a list of that.',
};

export const fieldMappingDefinitions = {
  field_name_mapping: { parameters: { mapping }, required: ['mapping'], create: createMapping },
  field_name_prefix_mapping: {
    parameters: { mapping: prefixMapping },
    required: ['mapping'],
    create: createPrefixMapping,
  },
  field_name_transform: {
    parameters: { mapping, transform_func: {}, apply_keyword: { type: 'boolean' } },
    create: refuseFunction,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

/** Fields without a new name (`field:`) stay as they are. */
function createMapping(item: YamlMapping): FieldTransformation {
  const names = new Map<string | undefined, readonly string[]>();
  for (const { key, value } of pairsOf(item, 'mapping')) {
    const targets = textNodesOf(value)?.map(({ text }) => text);
    if (targets) names.set(key.value === null ? undefined : key.text, targets);
  }
  return {
    kind: 'field',
    map: (field) => names.get(field),
    targets: [...names.values()].flat(),
    sources: [...names.keys()].filter((name) => name !== undefined),
  };
}

/** The first prefix that fits wins. */
function createPrefixMapping(item: YamlMapping): FieldTransformation {
  const prefixes = pairsOf(item, 'mapping').map(({ key, value }) => {
    if (key.value === null)
      throw new PipelineError(
        'null is not a prefix of a field name',
        key,
        'Map keywords with field_name_mapping.',
      );
    const starts = textNodesOf(value)?.map(({ text }) => text) ?? [];
    return { prefix: key.text, starts };
  });
  return {
    kind: 'field',
    map: (field) => {
      if (field === undefined) return undefined;
      const mapped = prefixes.find(({ prefix }) => field.startsWith(prefix));
      return mapped?.starts.map((start) => start + field.slice(mapped.prefix.length));
    },
  };
}

function refuseFunction(item: YamlMapping): never {
  throw new PipelineError(
    "field_name_transform takes a function of Python, which a pipeline in YAML can't hold",
    placeOf(item, 'transform_func'),
    'List the names in field_name_mapping, ' +
      'or use field_name_prefix_mapping, field_name_prefix or field_name_suffix.',
  );
}
