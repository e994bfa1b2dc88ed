import { scalarText } from '../../../jinja/number.ts';
import { fillRegex, type UnfilledRegex } from '../../../query/expanded-regex.ts';
import type { SettledItem } from '../../../query/settled.ts';
import type { StringTest, Test } from '../../../query/tree.ts';
import { maximumFilled, maximumSpelled, maximumValues } from '../../../query/value.ts';
import { parseAddressBlock } from '../../../sigma/value/cidr.ts';
import {
  ANY,
  isPlaceholder,
  type Pattern,
  parsePattern,
  patternText,
} from '../../../sigma/value/pattern.ts';
import { fillPlaceholders, type Unfilled } from '../../../sigma/value/placeholder.ts';
import type { YamlMapping } from '../../../source/yaml/tree.ts';
import { ProcessingError } from '../../../work/processing-error.ts';
import type { PipelineEnvironment, TransformationDefinition } from '../../definition.ts';
import { noteFilling } from '../../filling.ts';
import type { ValueTransformation } from '../../pipeline.ts';
import type { RuleInProcess } from '../../rule-in-process.ts';
import { choiceParameters, chosenPlaceholders } from './choice.ts';
import { expressionPlaceholders } from './expression.ts';
import { fileParameters, fileValues } from './file-values.ts';

export const placeholderDefinitions = {
  wildcard_placeholders: {
    parameters: choiceParameters,
    create: (item) => filling(item, () => [[ANY]]),
  },
  value_placeholders: { parameters: choiceParameters, create: (item) => filling(item, valuesOf) },
  query_expression_placeholders: expressionPlaceholders,
  file_placeholders: {
    parameters: { ...choiceParameters, ...fileParameters },
    required: ['path'],
    create: createFile,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

/** `choices`: the values of one placeholder. */
function filling(
  item: YamlMapping,
  choices: (name: string, settled: SettledItem, rule: RuleInProcess) => readonly Pattern[],
): ValueTransformation {
  const isChosen = chosenPlaceholders(item);
  return {
    kind: 'value',
    fills: true,
    apply: (test, settled, rule) => {
      if (test.kind !== 'string') return undefined;
      const values = new Map<string, readonly Pattern[]>();
      for (const part of test.pattern)
        if (isPlaceholder(part) && isChosen(part.placeholder) && !values.has(part.placeholder))
          values.set(part.placeholder, choices(part.placeholder, settled, rule));
      if (values.size === 0) return undefined;
      for (const [name, patterns] of values)
        noteFilling(rule.fillings, name, { kind: 'values', values: patterns });
      return filledTests(test, values, settled);
    },
  };
}

/** A test for each combination of the values. Placeholders without values stay. */
export function filledTests(
  test: StringTest,
  values: ReadonlyMap<string, readonly Pattern[]>,
  settled: SettledItem,
): readonly Test[] {
  if (test.flags)
    return filledRegexes({ pattern: test.pattern, flags: test.flags }, values, settled);
  const filled = fillPlaceholders(test.pattern, values, {
    most: maximumValues,
    longest: maximumFilled,
    keep: true,
  });
  if (!filled.ok) throw unfilledBy(filled.error, settled);
  return filled.value.map(
    (pattern): Test =>
      test.isBlock && !pattern.some(isPlaceholder)
        ? blockOf(pattern, settled)
        : { ...test, pattern },
  );
}

const unfilledBy = ({ kind }: Unfilled, settled: SettledItem): ProcessingError =>
  new ProcessingError(
    kind === 'tooLong'
      ? 'the placeholders make too long a text of a value'
      : `the placeholders make more than ${maximumValues} values of one`,
    settled,
    'Split the value, or shorten the lists.',
  );

function filledRegexes(
  test: UnfilledRegex,
  values: ReadonlyMap<string, readonly Pattern[]>,
  settled: SettledItem,
): readonly Test[] {
  const filled = fillRegex(test, values, {
    most: maximumValues,
    longest: maximumSpelled,
    keep: true,
  });
  if (filled.ok) return filled.value;
  const { error } = filled;
  if (error.kind !== 'invalid') throw unfilledBy(error, settled);
  throw new ProcessingError(
    `a placeholder’s value makes no regular expression, \`${error.source}\`: ${error.message}`,
    settled,
    'Values are part of the expression as they are: escape what stands for itself.',
  );
}

function blockOf(pattern: Pattern, settled: SettledItem): Test {
  const text = patternText(pattern);
  const block = parseAddressBlock(text);
  if (block) return { kind: 'cidr', ...block };
  throw new ProcessingError(
    `\`${text}\` is not an address block, which \`cidr\` takes`,
    settled,
    'Write the values as 10.0.0.0/8 or 2001:db8::/32.',
  );
}

function valuesOf(name: string, settled: SettledItem, { vars }: RuleInProcess): readonly Pattern[] {
  const value = vars.get(name);
  if (!vars.has(name))
    throw new ProcessingError(
      `the placeholder \`%${name}%\` has no value`,
      settled,
      `Add \`${name}\` to \`vars\` of a pipeline.`,
    );
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0)
    throw new ProcessingError(
      `the list of the placeholder \`%${name}%\` is empty`,
      settled,
      `Fill \`${name}\` of \`vars\`.`,
    );
  return list.map((one) => {
    const text = scalarText(one);
    if (text !== undefined) return parsePattern(text);
    throw new ProcessingError(
      `a value of the placeholder \`%${name}%\` is neither text nor number`,
      settled,
      `Change \`${name}\` of \`vars\`.`,
    );
  });
}

function createFile(item: YamlMapping, { readText }: PipelineEnvironment): ValueTransformation {
  const patterns = fileValues(item, readText).map(parsePattern);
  return filling(item, () => patterns);
}
