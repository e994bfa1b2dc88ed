import { isUnfilled } from '../../../query/tree.ts';
import { isPlaceholder } from '../../../sigma/value/pattern.ts';
import { lookup, type YamlMapping } from '../../../source/yaml/tree.ts';
import { ProcessingFailure } from '../../../work/processing-failure.ts';
import { textOf } from '../../conditions/condition-definition.ts';
import { PipelineError, type TransformationDefinition } from '../../definition.ts';
import type { ValueTransformation } from '../../pipeline.ts';
import { noteFilling } from '../../rule-in-process.ts';
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

/**
 * A value that is nothing but a placeholder becomes a part of the query; what it means there is the
 * pipeline author's to say.
 */
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
      const found = test.pattern.find((part) => isPlaceholder(part) && isChosen(part.placeholder));
      if (found === undefined || typeof found !== 'object') return undefined;
      const { placeholder } = found;
      noteFilling(rule, placeholder, 'expression');
      if (test.pattern.length > 1 || isUnfilled(test))
        throw new ProcessingFailure(
          `\`%${placeholder}%\` stands for a query expression and can't be part of a value`,
          settled,
          'Write nothing around it.',
        );
      const id = ids.get(placeholder) ?? placeholder;
      if (safeId.test(id)) return [{ kind: 'expression', expression, id }];
      throw new ProcessingFailure(
        `\`${id}\` can't stand in a query expression`,
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
      lookup(item, 'expression') ?? item,
      'Double braces that stand for themselves: {{ }}.',
    );
}

function idsOf(item: YamlMapping): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const mapping = lookup(item, 'mapping');
  for (const { key, value } of mapping?.kind === 'mapping' ? mapping.pairs : []) {
    // an empty one stands for the placeholder's own name
    if (value.kind !== 'scalar' || value.text === '') continue;
    if (!safeId.test(value.text))
      throw new PipelineError(
        `\`${value.text}\` can't stand in a query expression`,
        value,
        'Use letters, digits, `_`, `.` and `-`.',
      );
    ids.set(key.text, value.text);
  }
  return ids;
}
