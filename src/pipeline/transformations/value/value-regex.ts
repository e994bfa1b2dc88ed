import type { SettledItem } from '../../../query/settled.ts';
import type { StringTest } from '../../../query/tree.ts';
import { ANY, isPlaceholder, ONE } from '../../../sigma/value/pattern.ts';
import { ProcessingError } from '../../../work/processing-error.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { textOf } from '../../parameters.ts';

export const valueRegexDefinitions = {
  regex: {
    parameters: {
      method: {
        enum: ['plain', 'ignore_case_flag', 'ignore_case_brackets'],
        default: 'ignore_case_brackets',
      },
    },
    create: (item) => {
      const method = textOf(item, 'method') ?? 'ignore_case_brackets';
      const spell = method === 'ignore_case_brackets' ? bracketed : escaped;
      const ignoreCase = method === 'ignore_case_flag';
      return {
        kind: 'value',
        apply: (test, settled) => {
          if (test.kind !== 'string') return undefined;
          // an expression of an empty text would match anything
          if (test.pattern.length === 0) return [test];
          return [
            {
              kind: 'regex',
              source: sourceOf(test, settled, spell),
              ignoreCase,
              multiline: false,
              dotAll: true,
            },
          ];
        },
      };
    },
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

/** An expression that matches what the value did: a whole value, or a part for keywords. */
function sourceOf(
  { pattern }: StringTest,
  settled: SettledItem,
  spell: (text: string) => string,
): string {
  let source = '';
  for (const [at, part] of pattern.entries()) {
    const outermost = at === 0 || at === pattern.length - 1;
    if (part === ANY) source += outermost && pattern.length > 1 ? '' : '.*';
    else if (part === ONE) source += '.';
    else if (isPlaceholder(part))
      throw new ProcessingError(
        `the placeholder \`%${part.placeholder}%\` can't be part of a regular expression`,
        settled,
        'Replace it before `regex`.',
      );
    else source += spell(part);
  }
  if (settled.field === undefined) return source;
  return `${pattern[0] === ANY ? '' : '^'}${source}${pattern.at(-1) === ANY ? '' : '$'}`;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function bracketed(text: string): string {
  let source = '';
  for (const char of text) {
    const lower = char.toLowerCase();
    const upper = char.toUpperCase();
    source +=
      lower === upper
        ? escaped(char)
        : Array.from(lower).length > 1 || Array.from(upper).length > 1
          ? char
          : `[${lower}${upper}]`;
  }
  return source;
}
