import { joinParts } from '../../../sigma/value/pattern.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { textOf } from '../../parameters.ts';

const methods: ReadonlyMap<string, (text: string) => string> = new Map([
  ['lower', (text) => text.toLowerCase()],
  ['upper', (text) => text.toUpperCase()],
  // each literal between wildcards is a word of its own
  ['snake_case', (text) => text.replace(/(?<!^)(?=[A-Z])/g, '_').toLowerCase()],
]);

export const valueCaseDefinitions = {
  case: {
    parameters: { method: { enum: [...methods.keys()], default: 'lower' } },
    create: (item) => {
      const convert = methods.get(textOf(item, 'method') ?? 'lower') ?? String;
      return {
        kind: 'value',
        apply: (test) =>
          test.kind === 'string'
            ? [
                {
                  ...test,
                  pattern: joinParts(
                    test.pattern.map((part) => (typeof part === 'string' ? convert(part) : part)),
                  ),
                },
              ]
            : undefined,
      };
    },
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;
