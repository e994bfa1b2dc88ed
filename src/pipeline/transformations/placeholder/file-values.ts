import { scalarText } from '../../../jinja/number.ts';
import type { PythonRegex } from '../../../python-regex/regex.ts';
import { createBag, isFatal } from '../../../source/diagnostic.ts';
import type { JsonSchema } from '../../../source/schema/json-schema.ts';
import { parseYaml } from '../../../source/yaml/parse.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../../../source/yaml/tree.ts';
import { ProcessingFailure } from '../../../work/processing-failure.ts';
import { type Work, workOfFile } from '../../../work/work.ts';
import { regexAt, textOf } from '../../conditions/condition-definition.ts';
import { type PipelineEnvironment, PipelineError, textOfFile } from '../../definition.ts';
import { csvRows } from './csv-rows.ts';
import { JqError, named, parseJqPath } from './jq-path.ts';

/** What says where values of placeholders stand in a file. */
export const fileParameters = {
  path: {
    type: 'string',
    minLength: 1,
    description: "A file in the pipeline's folder or below it.",
  },
  format: {
    enum: ['plaintext', 'csv', 'json', 'yaml'],
    description: 'plaintext: one value a line.',
  },
  filter: {
    type: ['string', 'null'],
    description: 'A regular expression; only values in which it finds something are taken.',
  },
  csv_column: {
    type: ['string', 'integer', 'null'],
    minimum: 0,
    description: 'The name of a column, or its number from 0.',
  },
  csv_has_header: { type: 'boolean' },
  jq_expression: {
    type: ['string', 'null'],
    description: 'Where the values are: .items[], .hosts[].ip',
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

const jqHint =
  'Here jq has names, indexes, [] and |, up to single values: .hosts[0].ip, .[] | .name';

/** The values that a file holds for a placeholder. Throws {@link PipelineError}. */
export function fileValues(
  item: YamlMapping,
  readText: PipelineEnvironment['readText'],
): readonly string[] {
  const at = (name: string): YamlNode => lookup(item, name) ?? item;
  const format = textOf(item, 'format') ?? 'plaintext';
  const filterText = textOf(item, 'filter');
  const filter = filterText === undefined ? undefined : regexAt(filterText, at('filter'));
  const path = textOf(item, 'path') ?? '';
  const text = textOfFile(readText, path, at('path'));
  const read =
    format === 'plaintext'
      ? linesOf(text)
      : format === 'csv'
        ? columnOf(item, text)
        : selectedOf(item, text, format);
  const work = workOfFile();
  const values = read.filter(
    (value) => value !== '' && (!filter || findsIn(value, filter, work, at('filter'))),
  );
  if (values.length === 0)
    throw new PipelineError(
      `\`${path}\` has no values`,
      at('path'),
      format === 'plaintext' ? 'Write one value a line.' : undefined,
    );
  return values;
}

const linesOf = (text: string): readonly string[] =>
  text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).map((line) => line.trim());

function columnOf(item: YamlMapping, text: string): readonly string[] {
  const column = lookup(item, 'csv_column');
  if (column?.kind !== 'scalar' || column.value === null)
    throw new PipelineError(
      '`csv` needs `csv_column`',
      lookup(item, 'format') ?? item,
      'Name the column of the values.',
    );
  const hasHeader = lookup(item, 'csv_has_header');
  const headed = !(hasHeader?.kind === 'scalar' && hasHeader.value === false);
  const [header = [], ...rows] = csvRows(text);
  if (typeof column.value === 'number') {
    const index = column.value;
    return (headed ? rows : [header, ...rows]).map((row) => row[index] ?? '');
  }
  if (!headed)
    throw new PipelineError(
      'a column without a header has no name',
      column,
      'Give its number, from 0.',
    );
  const index = header.lastIndexOf(column.text);
  if (index < 0)
    throw new PipelineError(
      `there is no column \`${column.text}\``,
      column,
      `Known: ${header.join(', ')}.`,
    );
  return rows.map((row) => row[index] ?? '');
}

/** Values of JSON or YAML; null is none. */
function selectedOf(item: YamlMapping, text: string, format: string): readonly string[] {
  const expression = lookup(item, 'jq_expression');
  const path = textOf(item, 'jq_expression');
  if (!expression || path === undefined)
    throw new PipelineError(
      `\`${format}\` needs \`jq_expression\``,
      lookup(item, 'format') ?? item,
      jqHint,
    );
  const data = dataOf(text, format, lookup(item, 'path') ?? item);
  try {
    return parseJqPath(path)(data).flatMap((value) => {
      if (value === null) return [];
      const found = scalarText(value);
      if (found === undefined) throw new JqError(`it finds ${named(value)}`);
      return [found];
    });
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
    throw new PipelineError(`\`jq_expression\`: ${error.message}`, expression, jqHint);
  }
}

function dataOf(text: string, format: string, place: YamlNode): unknown {
  if (format === 'yaml') {
    const bag = createBag();
    const [document] = parseYaml({ path: '', text }, bag);
    const reason = bag.list.find(isFatal);
    if (reason || !document)
      throw new PipelineError(`the file is no YAML: ${reason?.message ?? 'it is empty'}`, place);
    return toPlain(document);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new PipelineError(`the file is no JSON: ${error.message}`, place);
  }
}

function findsIn(value: string, filter: PythonRegex, work: Work, place: YamlNode): boolean {
  try {
    return filter.finds(value, work);
  } catch (error) {
    if (error instanceof ProcessingFailure)
      throw new PipelineError(error.message, place, error.hint);
    throw error;
  }
}
