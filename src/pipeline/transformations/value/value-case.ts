import { joinParts, type Pattern } from '../../../sigma/value/pattern.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { textOf } from '../../parameters.ts';

const methods: ReadonlyMap<string, (text: string) => string> = new Map([
  ['lower', (text) => text.toLowerCase()],
  ['upper', (text) => text.toUpperCase()],
  // each literal between wildcards is one word
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
            ? [{ ...test, pattern: convertLiterals(test.pattern, convert) }]
            : undefined,
      };
    },
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

const convertLiterals = (pattern: Pattern, convert: (text: string) => string): Pattern =>
  joinParts(pattern.map((part) => (typeof part === 'string' ? convert(part) : part)));
