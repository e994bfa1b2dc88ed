import { numberIn, scalarText } from '../../../jinja/number.ts';
import type { Test } from '../../../query/tree.ts';
import { parsePattern } from '../../../sigma/value/pattern.ts';
import { lookup, type YamlMapping, type YamlScalar } from '../../../source/yaml/tree.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { textOf } from '../../parameters.ts';
import type { ItemTransformation } from '../../pipeline.ts';
import { PipelineError } from '../../pipeline-error.ts';

export const setValueDefinitions = {
  set_value: {
    parameters: {
      value: { type: ['string', 'number', 'boolean', 'null'] },
      force_type: { enum: ['str', 'num', null] },
    },
    required: ['value'],
    create,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function create(item: YamlMapping): ItemTransformation {
  const node = lookup(item, 'value');
  if (node?.kind !== 'scalar') throw new PipelineError('`value` must be a single value', item);
  const tests = [fixedTest(node, textOf(item, 'force_type'))];
  return {
    kind: 'item',
    apply: (settled) => ({
      ...settled,
      values: settled.values.map(({ span }) => ({ tests, absent: false, span })),
    }),
  };
}

function fixedTest(node: YamlScalar, type: string | undefined): Test {
  const { value } = node;
  if (value === null) {
    if (type !== undefined)
      throw new PipelineError(
        'null can be no `force_type`',
        node,
        'Give a text or a number, or remove force_type.',
      );
    return { kind: 'null' };
  }
  if (type === 'num') {
    const number =
      typeof value === 'boolean'
        ? Number(value)
        : typeof value === 'string'
          ? numberIn(value)
          : value;
    if (number === undefined) throw new PipelineError(`\`${node.text}\` is not a number`, node);
    return { kind: 'number', value: number };
  }
  if (type === 'str' || typeof value === 'string')
    return { kind: 'string', pattern: parsePattern(scalarText(value) ?? node.text), cased: false };
  return typeof value === 'boolean' ? { kind: 'boolean', value } : { kind: 'number', value };
}
