import type { Test } from '../../../query/tree.ts';
import { type Pattern, parsePattern } from '../../../sigma/value/pattern.ts';
import type { YamlMapping } from '../../../source/yaml/tree.ts';
import { plainText } from '../../conditions/value-match.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { pairsOf } from '../../parameters.ts';
import type { ValueTransformation } from '../../pipeline.ts';

export const mapStringDefinitions = {
  map_string: {
    parameters: {
      mapping: {
        type: 'object',
        additionalProperties: { type: ['string', 'array'], items: { type: 'string' } },
        description: 'Values as written, each with its new value or a list of them.',
      },
    },
    required: ['mapping'],
    create,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function create(item: YamlMapping): ValueTransformation {
  const mapped = new Map<string, readonly Pattern[]>();
  for (const { key, value } of pairsOf(item, 'mapping')) {
    const nodes = value.kind === 'sequence' ? value.items : [value];
    // pySigma finds no text by a number
    if (typeof key.value !== 'string') continue;
    mapped.set(
      key.value,
      nodes.flatMap((one) => (one.kind === 'scalar' ? [parsePattern(one.text)] : [])),
    );
  }
  return {
    kind: 'value',
    apply: (test) =>
      test.kind === 'string'
        ? mapped.get(plainText(test.pattern))?.map((pattern): Test => ({ ...test, pattern }))
        : undefined,
  };
}
