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
import { lookup, toPlain, type YamlMapping } from '../../../source/yaml/tree.ts';
import type { Work } from '../../../work/work.ts';
import { regexAt, textOf } from '../../conditions/condition-definition.ts';
import { plainText } from '../../conditions/value-match.ts';
import { PipelineError, type TransformationDefinition } from '../../definition.ts';
import type { ValueTransformation } from '../../pipeline.ts';

export const replaceStringDefinitions = {
  replace_string: {
    parameters: {
      regex: { type: 'string', description: "A regular expression of Python's `re`." },
      replacement: {
        type: 'string',
        description: 'What stands in place of each match; `\\1` and `\\g<name>` are groups of it.',
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
  const replace = replacerOf(item, replacement);
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

function replacerOf(item: YamlMapping, replacement: string): (text: string, work: Work) => string {
  const regex = regexAt(textOf(item, 'regex') ?? '', lookup(item, 'regex') ?? item);
  try {
    return regex.replacer(replacement);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new PipelineError(
      error.message,
      lookup(item, 'replacement') ?? item,
      "Replacements are those of Python's `re.sub`.",
    );
  }
}

function isTrue(item: YamlMapping, name: string): boolean {
  const node = lookup(item, name);
  return node !== undefined && toPlain(node) === true;
}

const replacedPart = (text: string, interpret: boolean): readonly PatternPart[] =>
  interpret ? parsePattern(text) : text === '' ? [] : [text];

/** The pattern is written out, wildcards as such, and read again. */
function replacedWhole(
  pattern: Pattern,
  replace: (text: string) => string,
  escapes: boolean,
): Pattern {
  const before = plainText(pattern);
  const after = replace(before);
  if (after === before) return pattern;
  // `\*` may be a backslash in front of a wildcard or an escaped star: where nothing is escaped, it
  // is the former
  const escaped = escapes || pattern.some((part) => typeof part === 'string' && /[*?]/.test(part));
  const read = escaped ? parsePattern(after.replace(/\\(?![*?])/g, '\\\\')) : withoutEscapes(after);
  return pattern.some(isPlaceholder) ? expandPlaceholders(read) : read;
}

function withoutEscapes(text: string): Pattern {
  const parts = text.split(/([*?])/);
  return joinParts(parts.map((part) => (part === '*' ? ANY : part === '?' ? ONE : part)));
}
