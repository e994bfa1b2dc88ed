import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { PipelineEnvironment, TransformationDefinition } from '../definition.ts';
import { entriesOf } from '../parameters.ts';
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
  return { kind: 'nest', items: environment.readItems(entriesOf(item, 'items')) };
}
