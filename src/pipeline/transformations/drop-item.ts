import type { SettledGroup } from '../../query/settled.ts';
import type { TransformationDefinition } from '../definition.ts';

const nothing: SettledGroup = { kind: 'group', link: 'and', entries: [] };

export const dropItemDefinitions = {
  drop_detection_item: { parameters: {}, create: () => ({ kind: 'item', apply: () => nothing }) },
} satisfies Readonly<Record<string, TransformationDefinition>>;
