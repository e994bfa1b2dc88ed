import { numberIn, numberText } from '../../../jinja/number.ts';
import type { SettledItem } from '../../../query/settled.ts';
import type { Test } from '../../../query/tree.ts';
import type { YamlMapping } from '../../../source/yaml/tree.ts';
import { ProcessingError } from '../../../work/processing-error.ts';
import { plainText } from '../../conditions/value-match.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { textOf } from '../../parameters.ts';
import type { ValueTransformation } from '../../pipeline.ts';

export const convertTypeDefinitions = {
  convert_type: {
    parameters: { target_type: { enum: ['str', 'num'] } },
    required: ['target_type'],
    create,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function create(item: YamlMapping): ValueTransformation {
  return { kind: 'value', apply: textOf(item, 'target_type') === 'num' ? asNumber : asText };
}

function asText(test: Test): readonly Test[] | undefined {
  return test.kind === 'number'
    ? [{ kind: 'string', pattern: [numberText(test.value)], cased: false }]
    : undefined;
}

function asNumber(test: Test, item: SettledItem): readonly Test[] | undefined {
  if (test.kind !== 'string') return undefined;
  const text = plainText(test.pattern);
  const value = numberIn(text);
  if (value === undefined)
    throw new ProcessingError(
      `the value \`${text}\` is not a number`,
      item,
      'Limit convert_type to fields that hold numbers.',
    );
  return [{ kind: 'number', value }];
}
