import { isUnfilled } from '../../../query/tree.ts';
import { isPlaceholder } from '../../../sigma/value/pattern.ts';
import type { YamlMapping } from '../../../source/yaml/tree.ts';
import { ProcessingError } from '../../../work/processing-error.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { expressionFilling, noteFilling } from '../../filling.ts';
import { pairsOf, placeOf, textOf } from '../../parameters.ts';
import type { ValueTransformation } from '../../pipeline.ts';
import { PipelineError } from '../../pipeline-error.ts';
import { choiceParameters, chosenPlaceholders } from './choice.ts';

export const expressionPlaceholders: TransformationDefinition = {
  parameters: {
    ...choiceParameters,
    expression: {
      type: 'string',
      minLength: 1,
      description: "A part of a query in the target's language with {field} and {id}.",
    },
    mapping: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Names of placeholders, each with what {id} stands for.',
    },
  },
  required: ['expression'],
  create,
};

const safeId = /^[A-Za-z0-9_.-]+$/;

/** A value that is a placeholder alone becomes a part of the query, as the author wants it. */
function create(item: YamlMapping): ValueTransformation {
  const isChosen = chosenPlaceholders(item);
  const expression = textOf(item, 'expression') ?? '';
  checkFormat(expression, item);
  const ids = idsOf(item);
  return {
    kind: 'value',
    fills: true,
    apply: (test, settled, rule) => {
      if (test.kind !== 'string') return undefined;
      const chosen = test.pattern
        .filter(isPlaceholder)
        .find(({ placeholder }) => isChosen(placeholder));
      if (!chosen) return undefined;
      const { placeholder } = chosen;
      noteFilling(rule.fillings, placeholder, expressionFilling);
      if (test.pattern.length > 1 || isUnfilled(test))
        throw new ProcessingError(
          `\`%${placeholder}%\` stands for a query expression and can't be part of a value`,
          settled,
          'Write nothing around it.',
        );
      const id = ids.get(placeholder) ?? placeholder;
      if (safeId.test(id)) return [{ kind: 'expression', expression, id }];
      throw new ProcessingError(
        `\`${id}\` can't be in a query expression`,
        settled,
        'Use letters, digits, `_`, `.` and `-`, or map the placeholder.',
      );
    },
  };
}

function checkFormat(expression: string, item: YamlMapping): void {
  const rest = expression.replace(/\{\{|\}\}|\{field\}|\{id\}/g, '');
  if (/[{}]/.test(rest))
    throw new PipelineError(
      '`expression` takes {field} and {id} alone',
      placeOf(item, 'expression'),
      'Double braces that stand for themselves: {{ }}.',
    );
}

function idsOf(item: YamlMapping): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { key, value } of pairsOf(item, 'mapping')) {
    // an empty one means the placeholder's own name
    if (value.kind !== 'scalar' || value.text === '') continue;
    if (!safeId.test(value.text))
      throw new PipelineError(
        `\`${value.text}\` can't be in a query expression`,
        value,
        'Use letters, digits, `_`, `.` and `-`.',
      );
    ids.set(key.text, value.text);
  }
  return ids;
}
