import type { LogSource } from '../../sigma/rule/rule.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { YamlMapping } from '../../source/yaml/tree.ts';
import type { TransformationDefinition } from '../definition.ts';
import { textOf } from '../parameters.ts';
import type { RuleTransformation } from '../pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';

const keys = ['category', 'product', 'service'] as const;
const part: JsonSchema = {
  type: ['string', 'null'],
  minLength: 1,
  description: 'A part of the new log source; parts not given are removed.',
};

export const logSourceDefinitions = {
  change_logsource: {
    parameters: { category: part, product: part, service: part },
    create: createChange,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function createChange(item: YamlMapping): RuleTransformation {
  const source: LogSource = Object.fromEntries(
    keys.flatMap((key) => {
      const text = textOf(item, key);
      return text === undefined ? [] : [[key, text]];
    }),
  );
  if (Object.keys(source).length === 0)
    throw new PipelineError(
      'change_logsource gives no log source',
      item,
      'Add category, product or service.',
    );
  return {
    kind: 'rule',
    apply: (process) => {
      if (process.rule.kind !== 'detection') return;
      const { definition } = process.rule.logsource;
      process.rule = {
        ...process.rule,
        logsource: definition === undefined ? source : { ...source, definition },
      };
    },
  };
}
