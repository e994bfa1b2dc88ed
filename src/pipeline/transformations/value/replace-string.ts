import { numberText } from '../../../jinja/number.ts';
import {
  ANY,
  isPlaceholder,
  joinParts,
  ONE,
  type Pattern,
  type PatternPart,
  parsePattern,
} from '../../../sigma/value/pattern.ts';
import { expandPlaceholders } from '../../../sigma/value/placeholder.ts';
import type { YamlMapping } from '../../../source/yaml/tree.ts';
import type { Work } from '../../../work/work.ts';
import { plainText } from '../../conditions/value-match.ts';
import type { TransformationDefinition } from '../../definition.ts';
import { isTrue, textOf } from '../../parameters.ts';
import type { ValueTransformation } from '../../pipeline.ts';
import { replacerOf } from '../../regex-parameter.ts';

export const replaceStringDefinitions = {
  replace_string: {
    parameters: {
      regex: { type: 'string', description: "A regular expression of Python's `re`." },
      replacement: {
        type: 'string',
        description: 'What replaces each match; `\\1` and `\\g<name>` are groups of it.',
      },
      skip_special: { type: 'boolean', description: 'Wildcards and placeholders are left alone.' },
      interpret_special: {
        type: 'boolean',
        description: 'With skip_special: wildcards of the result are wildcards.',
      },
    },
    required: ['regex', 'replacement'],
    create,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function create(item: YamlMapping): ValueTransformation {
  const replacement = textOf(item, 'replacement') ?? '';
  const replace = replacerOf(item, 'regex');
  const interpret = isTrue(item, 'interpret_special');
  const changed = isTrue(item, 'skip_special')
    ? (pattern: Pattern, work: Work) =>
        joinParts(
          pattern.flatMap((part) =>
            typeof part === 'string' ? replacedPart(replace(part, work), interpret) : [part],
          ),
        )
    : (pattern: Pattern, work: Work) =>
        replacedWhole(pattern, (text) => replace(text, work), /\\[*?]/.test(replacement));
  return {
    kind: 'value',
    apply: (test, _, { work }) => {
      if (test.kind === 'string') return [{ ...test, pattern: changed(test.pattern, work) }];
      return test.kind === 'number'
        ? [{ kind: 'string', pattern: changed([numberText(test.value)], work), cased: false }]
        : undefined;
    },
  };
}

const replacedPart = (text: string, interpret: boolean): readonly PatternPart[] =>
  interpret ? parsePattern(text) : text === '' ? [] : [text];

/** Replaces in the pattern as pySigma writes it out, and reads the result again. */
function replacedWhole(
  pattern: Pattern,
  replace: (text: string) => string,
  escapes: boolean,
): Pattern {
  const before = plainText(pattern);
  const after = replace(before);
  if (after === before) return pattern;
  // `\*` is an escaped star, or a backslash before a wildcard: the latter where nothing is escaped
  const escaped = escapes || pattern.some((part) => typeof part === 'string' && /[*?]/.test(part));
  const read = escaped ? parsePattern(after.replace(/\\(?![*?])/g, '\\\\')) : withoutEscapes(after);
  return pattern.some(isPlaceholder) ? expandPlaceholders(read) : read;
}

function withoutEscapes(text: string): Pattern {
  const parts = text.split(/([*?])/);
  return joinParts(parts.map((part) => (part === '*' ? ANY : part === '?' ? ONE : part)));
}
