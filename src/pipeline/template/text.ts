import type { JinjaError } from '../../jinja/error.ts';
import { parseJinja, type Template } from '../../jinja/template.ts';
import type { Roots, Value } from '../../jinja/value.ts';
import type { Result } from '../../source/result.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import { lookup, toPlain, type YamlMapping } from '../../source/yaml/tree.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import type { Work } from '../../work/work.ts';
import type { PipelineEnvironment } from '../definition.ts';
import { textOfFile } from '../named-file.ts';
import { isTrue, placeOf, textOf } from '../parameters.ts';
import { PipelineError } from '../pipeline-error.ts';
import { parseSimpleTemplate } from './simple-template.ts';

/** The text of a template for the values of its names. Throws ProcessingError. */
export type FillTemplate = (context: ReadonlyMap<string, Value>, work: Work) => string;

const text: JsonSchema = { type: 'string' };
/** Of templates of Jinja2. */
export const jinjaParameters = {
  template: text,
  path: { type: ['string', 'null'] },
  vars: { type: ['string', 'null'] },
  autoescape: { type: 'boolean' },
} as const satisfies Readonly<Record<string, JsonSchema>>;

const jinjaHint = 'docs/pipelines.md lists what works of Jinja2.';
const simpleHint =
  'Templates name {query}, {rule.title}, {pipeline.state[key]} and the like; {{ and }} are braces.';

/** The template of Jinja2 of an item. Throws {@link PipelineError}. */
export function jinjaTemplateOf(
  item: YamlMapping,
  environment: PipelineEnvironment,
  roots: Roots,
): FillTemplate {
  refuseOptions(item);
  return templateOf(item, environment, (source) => parseJinja(source, roots), jinjaHint);
}

/** The template of an item in the form of `str.format`. Throws {@link PipelineError}. */
export const simpleTemplateOf = (
  item: YamlMapping,
  environment: PipelineEnvironment,
): FillTemplate => templateOf(item, environment, parseSimpleTemplate, simpleHint);

/**
 * The template in `template:`, or in the file that this names below the folder `path:`. What is
 * wrong with it is reported at its place, or where the file is named; what fails later fails the
 * rule.
 */
function templateOf(
  item: YamlMapping,
  { file, readText }: PipelineEnvironment,
  parse: (source: string) => Result<Template, JinjaError>,
  hint: string,
): FillTemplate {
  const node = placeOf(item, 'template');
  const written = textOf(item, 'template') ?? '';
  const folder = textOf(item, 'path');
  const path = folder === '' ? written : `${folder}/${written}`;
  const source =
    folder === undefined ? written : textOfFile(readText, path, node).replace(/\r\n?/g, '\n');
  const template = parse(source);
  if (template.ok) return (context, work) => filled(template.value, context, work, hint);
  const { message, span = { start: 0, end: 0 } } = template.error;
  if (folder !== undefined) {
    const line = source.slice(0, span.start).split('\n').length;
    throw new PipelineError(`${written}:${line}: ${message}`, node, hint);
  }
  const place = node.kind === 'scalar' ? insideScalar(file, node)(span) : item;
  throw new PipelineError(message, place, hint);
}

function filled(
  template: Template,
  context: ReadonlyMap<string, Value>,
  work: Work,
  hint: string,
): string {
  const result = template(context, work);
  if (result.ok) return result.value;
  const message = `the template can't be filled in: ${result.error.message}`;
  throw new ProcessingError(message, undefined, hint);
}

/** Refuses what would run other files, or change what templates print. */
function refuseOptions(item: YamlMapping): void {
  const vars = lookup(item, 'vars');
  if (vars && toPlain(vars) !== null)
    throw new PipelineError(
      '`vars` is refused: it would run a Python file',
      vars,
      'Write the template without it.',
    );
  if (isTrue(item, 'autoescape'))
    throw new PipelineError(
      '`autoescape` is not supported',
      placeOf(item, 'autoescape'),
      'Remove it, or set it to false.',
    );
}
