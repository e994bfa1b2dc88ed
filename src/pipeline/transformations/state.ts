import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { lookup, toPlain, type YamlMapping } from '../../source/yaml/tree.ts';
import type { TransformationDefinition } from '../definition.ts';
import { textOf } from '../parameters.ts';
import { unprovedState } from '../unproved.ts';

const name = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description });

/** Transformations that note something for later items and for the target. */
export const stateDefinitions = {
  set_state: {
    parameters: {
      key: name('The name of the state.'),
      val: { description: 'The value of the state.' },
    },
    required: ['key', 'val'],
    create: (item) => {
      const [key, value] = entryOf(item, 'key', 'val');
      const unproved =
        key === unprovedState && Array.isArray(value)
          ? { unproved: value.filter((name) => typeof name === 'string') }
          : {};
      return { kind: 'rule', ...unproved, apply: ({ state }) => state.set(key, value) };
    },
  },
  set_custom_attribute: {
    parameters: {
      attribute: name('The name of the attribute.'),
      value: { description: 'The value of the attribute.' },
    },
    required: ['attribute', 'value'],
    create: (item) => {
      const [key, value] = entryOf(item, 'attribute', 'value');
      return { kind: 'rule', apply: ({ attributes }) => attributes.set(key, value) };
    },
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function entryOf(item: YamlMapping, key: string, value: string): readonly [string, unknown] {
  const node = lookup(item, value);
  return [textOf(item, key) ?? '', node ? toPlain(node) : null];
}
