import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { TransformationDefinition } from '../definition.ts';
import { textOf } from '../parameters.ts';
import type { FieldTransformation } from '../pipeline.ts';

/** Keywords have no name that could be extended. */
export const fieldAffixDefinitions = {
  field_name_prefix: {
    parameters: { prefix: { type: 'string', description: 'Put before the names of all fields.' } },
    required: ['prefix'],
    create: (item) => renaming(item, 'prefix', (field, prefix) => prefix + field),
  },
  field_name_suffix: {
    parameters: { suffix: { type: 'string', description: 'Put after the names of all fields.' } },
    required: ['suffix'],
    create: (item) => renaming(item, 'suffix', (field, suffix) => field + suffix),
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function renaming(
  item: YamlMapping,
  key: string,
  name: (field: string, affix: string) => string,
): FieldTransformation {
  const affix = textOf(item, key) ?? '';
  return {
    kind: 'field',
    map: (field) => (field === undefined ? undefined : [name(field, affix)]),
  };
}
