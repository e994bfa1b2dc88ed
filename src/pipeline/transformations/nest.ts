import { lookup, type YamlMapping } from '../../source/yaml/tree.ts';
import type { PipelineEnvironment, TransformationDefinition } from '../definition.ts';
import type { Nest } from '../pipeline.ts';

export const nestDefinitions = {
  nest: {
    parameters: {
      items: {
        type: 'array',
        items: { type: 'object' },
        description: 'The processing items of the nested pipeline.',
      },
    },
    required: ['items'],
    create: createNest,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function createNest(item: YamlMapping, environment: PipelineEnvironment): Nest {
  const items = lookup(item, 'items');
  const mappings =
    items?.kind === 'sequence'
      ? items.items.flatMap((one) => (one.kind === 'mapping' ? [one] : []))
      : [];
  return { kind: 'nest', items: environment.readItems(mappings) };
}
