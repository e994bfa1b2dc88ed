import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { TransformationDefinition } from '../definition.ts';
import { textList, textsSchema } from '../parameters.ts';
import type { RuleTransformation } from '../pipeline.ts';

const name: JsonSchema = { type: 'string', minLength: 1 };
const names = textsSchema('The name of a field, or a list of names.', name);

/** Transformations of the rule's list of fields to show, `fields:`. */
export const ruleFieldsDefinitions = {
  add_field: {
    parameters: { field: names },
    required: ['field'],
    create: (item) => changing(item, 'field', (fields, given) => [...fields, ...given]),
  },
  remove_field: {
    parameters: { field: names },
    required: ['field'],
    create: (item) => changing(item, 'field', without),
  },
  set_field: {
    parameters: { fields: names },
    required: ['fields'],
    create: (item) => changing(item, 'fields', (_, given) => given),
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

type Change = (fields: readonly string[], given: readonly string[]) => readonly string[];

function changing(item: YamlMapping, key: string, change: Change): RuleTransformation {
  const given = textList(item, key) ?? [];
  return {
    kind: 'rule',
    apply: (process) => {
      process.rule = { ...process.rule, fields: change(process.rule.fields, given) };
    },
  };
}

/** Each name removes its first mention. */
function without(fields: readonly string[], given: readonly string[]): readonly string[] {
  const left = [...fields];
  for (const field of given) {
    const at = left.indexOf(field);
    if (at !== -1) left.splice(at, 1);
  }
  return left;
}
