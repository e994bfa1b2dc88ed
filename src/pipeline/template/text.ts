import { TemplateFault } from '../../jinja/fault.ts';
import type { Value } from '../../jinja/value.ts';
import { insideScalar } from '../../source/inside-scalar.ts';
import { lookup, toPlain, type YamlMapping } from '../../source/yaml.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';
import type { Work } from '../../work/work.ts';
import { textOf } from '../conditions/condition-definition.ts';
import { type PipelineEnvironment, PipelineFault, textOfFile } from '../definition.ts';

export type Template = (context: ReadonlyMap<string, Value>, work: Work) => string;

/**
 * The template in `template:`, or in the file that this names below the folder `path:`. Its faults
 * are told at their places, or where the file is named; what goes wrong later is the rule's.
 */
export function templateOf(
  item: YamlMapping,
  { file, readText }: PipelineEnvironment,
  parse: (text: string) => Template,
  hint: string,
): Template {
  const node = lookup(item, 'template') ?? item;
  const written = textOf(item, 'template') ?? '';
  const folder = textOf(item, 'path');
  const text =
    folder === undefined
      ? written
      : textOfFile(readText, folder === '' ? written : `${folder}/${written}`, node).replace(
          /\r\n?/g,
          '\n',
        );
  let template: Template;
  try {
    template = parse(text);
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    const line = text.slice(0, error.span.start).split('\n').length;
    if (folder !== undefined)
      throw new PipelineFault(`${written}:${line}: ${error.message}`, node, hint);
    throw new PipelineFault(
      error.message,
      node.kind === 'scalar' ? insideScalar(file, node)(error.span) : item,
      hint,
    );
  }
  return (context, work) => {
    try {
      return template(context, work);
    } catch (error) {
      // it grows too long
      if (error instanceof ProcessingFailure) throw error;
      if (!(error instanceof Error)) throw error;
      throw new ProcessingFailure(
        `the template can't be filled in: ${error.message}`,
        undefined,
        hint,
      );
    }
  };
}

/** Refuses what would run other files, or change what templates print. */
export function refuseTemplateOptions(item: YamlMapping): void {
  const vars = lookup(item, 'vars');
  if (vars && toPlain(vars) !== null)
    throw new PipelineFault(
      '`vars` is refused: it would run a Python file',
      vars,
      'Write the template without it.',
    );
  const autoescape = lookup(item, 'autoescape');
  if (autoescape && toPlain(autoescape) === true)
    throw new PipelineFault(
      '`autoescape` is not supported',
      autoescape,
      'Remove it, or set it to false.',
    );
}
