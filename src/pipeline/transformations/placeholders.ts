import { fillRegex } from '../../query/expanded-regex.ts';
import type { SettledItem } from '../../query/settled.ts';
import type { Test } from '../../query/tree.ts';
import { parseAddressBlock } from '../../sigma/cidr.ts';
import { ANY, isPlaceholder, type Pattern, parsePattern, patternText } from '../../sigma/pattern.ts';
import { fillPlaceholders } from '../../sigma/placeholder.ts';
import type { JsonSchema } from '../../source/schema.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml.ts';
import { regexAt, textOf } from '../conditions/condition-definition.ts';
import { type PipelineEnvironment, PipelineFault, type TransformationDefinition } from '../definition.ts';
import type { ValueTransformation } from '../pipeline.ts';
import { ProcessingFailure } from '../processing-failure.ts';
import type { PythonRegex } from '../python-regex.ts';
import { noteFilling, type RuleInProcess } from '../rule-in-process.ts';
import { expressionPlaceholders } from './expression-placeholder.ts';
import { choiceParameters, chosenPlaceholders } from './placeholder-choice.ts';
import { scalarText } from './value-number.ts';

const onlyText: JsonSchema = { enum: ['plaintext', 'csv', 'json', 'yaml'], description: 'Only plaintext works here: one value a line.' };

export const placeholderDefinitions = {
  wildcard_placeholders: { parameters: choiceParameters, create: (item) => filling(item, () => [[ANY]]) },
  value_placeholders: { parameters: choiceParameters, create: (item) => filling(item, valuesOf) },
  query_expression_placeholders: expressionPlaceholders,
  file_placeholders: {
    parameters: {
      ...choiceParameters,
      path: { type: 'string', minLength: 1, description: "A text file, relative to the pipeline's folder." },
      format: onlyText,
      filter: { type: ['string', 'null'], description: 'A regular expression; only values in which it finds something are taken.' },
      csv_column: { type: ['string', 'integer', 'null'] },
      csv_has_header: { type: 'boolean' },
      jq_expression: { type: ['string', 'null'] },
    },
    required: ['path'],
    create: createFile,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

/** More patterns than this from one value of a rule are refused. */
const maximumValues = 10_000;

/** `choices` are those of one placeholder. */
function filling(item: YamlMapping, choices: (name: string, settled: SettledItem, rule: RuleInProcess) => readonly Pattern[]): ValueTransformation {
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
      for (const [name, patterns] of values) noteFilling(rule, name, patterns);
      return filledTests(test, values, settled);
    },
  };
}

/** A test for each combination of the values; placeholders without values stay. */
export function filledTests(test: StringTest, values: ReadonlyMap<string, readonly Pattern[]>, settled: SettledItem): readonly Test[] {
  if (test.flags) return filledRegexes({ pattern: test.pattern, flags: test.flags }, values, settled);
  const filled = fillPlaceholders(test.pattern, values, { most: maximumValues, keep: true });
  if ('patterns' in filled)
    return filled.patterns.map((pattern): Test => (test.isBlock && !pattern.some(isPlaceholder) ? blockOf(pattern, settled) : { ...test, pattern }));
  throw tooMany(settled);
}

const tooMany = (settled: SettledItem): ProcessingFailure =>
  new ProcessingFailure(`the placeholders make more than ${maximumValues} values of one`, settled, 'Split the value, or shorten the lists.');

function filledRegexes(test: Parameters<typeof fillRegex>[0], values: ReadonlyMap<string, readonly Pattern[]>, settled: SettledItem): readonly Test[] {
  const filled = fillRegex(test, values, { most: maximumValues, keep: true });
  if (!('tests' in filled)) throw tooMany(settled);
  return filled.tests.map((one) => {
    if (one.kind !== 'fault') return one;
    const message = `a placeholder’s value makes no regular expression, \`${one.source}\`: ${one.message}`;
    throw new ProcessingFailure(message, settled, 'Values are part of the expression as they are: escape what stands for itself.');
  });
}

function blockOf(pattern: Pattern, settled: SettledItem): Test {
  const text = patternText(pattern);
  const block = parseAddressBlock(text);
  if (block) return { kind: 'cidr', ...block };
  throw new ProcessingFailure(`\`${text}\` is no address block, which \`cidr\` takes`, settled, 'Write the values as 10.0.0.0/8 or 2001:db8::/32.');
}

type StringTest = Extract<Test, { readonly kind: 'string' }>;

function valuesOf(name: string, settled: SettledItem, { vars }: RuleInProcess): readonly Pattern[] {
  const given = vars.get(name);
  if (!vars.has(name)) throw new ProcessingFailure(`the placeholder \`%${name}%\` has no value`, settled, `Add \`${name}\` to \`vars\` of a pipeline.`);
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw new ProcessingFailure(`the list of the placeholder \`%${name}%\` is empty`, settled, `Fill \`${name}\` of \`vars\`.`);
  return list.map((one) => {
    const text = scalarText(one);
    if (text !== undefined) return parsePattern(text);
    throw new ProcessingFailure(`a value of the placeholder \`%${name}%\` is neither text nor number`, settled, `Change \`${name}\` of \`vars\`.`);
  });
}

function findsIn(line: string, filter: PythonRegex, place: YamlNode): boolean {
  try {
    return filter.finds(line);
  } catch (error) {
    if (error instanceof ProcessingFailure) throw new PipelineFault(error.message, place, error.hint);
    throw error;
  }
}

function createFile(item: YamlMapping, { readLines }: PipelineEnvironment): ValueTransformation {
  const at = (name: string) => lookup(item, name) ?? item;
  const format = textOf(item, 'format') ?? 'plaintext';
  if (format !== 'plaintext')
    throw new PipelineFault(`file_placeholders reads no ${format} here`, at('format'), 'Write the values into a text file, one a line.');
  const filterText = textOf(item, 'filter');
  const filter = filterText === undefined ? undefined : regexAt(filterText, at('filter'));
  const path = textOf(item, 'path') ?? '';
  const lines = readLines(path);
  if (!lines) throw new PipelineFault(`\`${path}\` can't be read`, at('path'), "Paths are relative to the pipeline's folder.");
  const values = lines.map((line) => line.trim()).filter((line) => line !== '' && (!filter || findsIn(line, filter, at('filter'))));
  if (values.length === 0) throw new PipelineFault(`\`${path}\` has no values`, at('path'), 'Write one value a line.');
  const patterns = values.map(parsePattern);
  return filling(item, () => patterns);
}
