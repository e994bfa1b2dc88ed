import { scalarText } from '../../../jinja/number.ts';
import type { PythonRegex } from '../../../python-regex/regex.ts';
import { csvRows } from '../../../source/csv/csv-rows.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import type { JsonSchema } from '../../../source/schema/json-schema.ts';
import { parseYaml } from '../../../source/yaml/parse.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../../../source/yaml/tree.ts';
import { ProcessingError } from '../../../work/processing-error.ts';
import { type Work, workOfFile } from '../../../work/work.ts';
import { type ReadText, textOfFile } from '../../named-file.ts';
import { placeOf, textOf } from '../../parameters.ts';
import { PipelineError } from '../../pipeline-error.ts';
import { regexOf } from '../../regex-parameter.ts';
import { jqValues, typeName } from './jq-path.ts';

/** Where the values of placeholders are in a file. */
export const fileParameters = {
  path: {
    type: 'string',
    minLength: 1,
    description: "A file in the pipeline's folder or below it.",
  },
  format: {
    enum: ['plaintext', 'csv', 'json', 'yaml'],
    description: 'plaintext: one value per line.',
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
export function fileValues(item: YamlMapping, readText: ReadText): readonly string[] {
  const format = textOf(item, 'format') ?? 'plaintext';
  const filter = textOf(item, 'filter') === undefined ? undefined : regexOf(item, 'filter');
  const path = textOf(item, 'path') ?? '';
  const text = textOfFile(readText, path, placeOf(item, 'path'));
  const all =
    format === 'plaintext'
      ? linesOf(text)
      : format === 'csv'
        ? columnOf(item, text)
        : selectedOf(item, text, format);
  const work = workOfFile();
  const values = all.filter(
    (value) => value !== '' && (!filter || findsIn(value, filter, work, placeOf(item, 'filter'))),
  );
  if (values.length === 0)
    throw new PipelineError(
      `\`${path}\` has no values`,
      placeOf(item, 'path'),
      format === 'plaintext' ? 'Write one value per line.' : undefined,
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
      placeOf(item, 'format'),
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

/** Values of JSON or YAML; null is not a value. */
function selectedOf(item: YamlMapping, text: string, format: string): readonly string[] {
  const expression = lookup(item, 'jq_expression');
  const path = textOf(item, 'jq_expression');
  if (!expression || path === undefined)
    throw new PipelineError(
      `\`${format}\` needs \`jq_expression\``,
      placeOf(item, 'format'),
      jqHint,
    );
  const data = dataOf(text, format, placeOf(item, 'path'));
  const found = jqValues(path, data);
  const texts = found.ok ? textsOf(found.value) : found;
  if (texts.ok) return texts.value;
  throw new PipelineError(`\`jq_expression\`: ${texts.error}`, expression, jqHint);
}

function textsOf(values: readonly unknown[]): Result<readonly string[]> {
  const texts: string[] = [];
  for (const value of values) {
    if (value === null) continue;
    const text = scalarText(value);
    if (text === undefined) return failed(`it finds ${typeName(value)}`);
    texts.push(text);
  }
  return ok(texts);
}

function dataOf(text: string, format: string, place: YamlNode): unknown {
  if (format === 'yaml') {
    const {
      documents: [document],
      errors: [error],
    } = parseYaml({ path: '', text });
    if (error || !document)
      throw new PipelineError(`the file is not YAML: ${error?.message ?? 'it is empty'}`, place);
    return toPlain(document);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new PipelineError(`the file is not JSON: ${error.message}`, place);
  }
}

function findsIn(value: string, filter: PythonRegex, work: Work, place: YamlNode): boolean {
  try {
    return filter.finds(value, work);
  } catch (error) {
    if (error instanceof ProcessingError) throw new PipelineError(error.message, place, error.hint);
    throw error;
  }
}
