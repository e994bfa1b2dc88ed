import type { SettledGroup } from '../../query/settled.ts';
import type { TransformationDefinition } from '../definition.ts';

const emptyGroup: SettledGroup = { kind: 'group', link: 'and', entries: [] };

export const dropItemDefinitions = {
  drop_detection_item: {
    parameters: {},
    create: () => ({ kind: 'item', apply: () => emptyGroup }),
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;
