import { JinjaError } from '../../jinja/error.ts';
import type { Value } from '../../jinja/value.ts';
import { insideScalar } from '../../source/yaml/inside-scalar.ts';
import { lookup, toPlain, type YamlMapping } from '../../source/yaml/tree.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';
import type { Work } from '../../work/work.ts';
import { textOf } from '../conditions/condition-definition.ts';
import { type PipelineEnvironment, PipelineError, textOfFile } from '../definition.ts';

export type Template = (context: ReadonlyMap<string, Value>, work: Work) => string;

/**
 * The template in `template:`, or in the file that this names below the folder `path:`. Its errors
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
    if (!(error instanceof JinjaError)) throw error;
    const line = text.slice(0, error.span.start).split('\n').length;
    if (folder !== undefined)
      throw new PipelineError(`${written}:${line}: ${error.message}`, node, hint);
    throw new PipelineError(
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
    throw new PipelineError(
      '`vars` is refused: it would run a Python file',
      vars,
      'Write the template without it.',
    );
  const autoescape = lookup(item, 'autoescape');
  if (autoescape && toPlain(autoescape) === true)
    throw new PipelineError(
      '`autoescape` is not supported',
      autoescape,
      'Remove it, or set it to false.',
    );
}
