import { TemplateFault } from '../jinja/fault.ts';
import type { Value } from '../jinja/value.ts';
import { insideScalar } from '../source/inside-scalar.ts';
import type { SourceFile } from '../source/span.ts';
import { lookup, toPlain, type YamlMapping } from '../source/yaml.ts';
import { ProcessingFailure } from '../work/processing-failure.ts';
import type { Work } from '../work/work.ts';
import { PipelineFault } from './definition.ts';

export type Template = (context: ReadonlyMap<string, Value>, work: Work) => string;

/** The template in `template:`, its faults told at their places in the file; what goes wrong later is the rule's. */
export function templateOf(file: SourceFile, item: YamlMapping, parse: (text: string) => Template, hint: string): Template {
  const node = lookup(item, 'template');
  const text = node?.kind === 'scalar' ? node.text : '';
  let template: Template;
  try {
    template = parse(text);
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    throw new PipelineFault(error.message, node?.kind === 'scalar' ? insideScalar(file, node)(error.span) : item, hint);
  }
  return (context, work) => {
    try {
      return template(context, work);
    } catch (error) {
      // it grows too long
      if (error instanceof ProcessingFailure) throw error;
      if (!(error instanceof Error)) throw error;
      throw new ProcessingFailure(`the template can't be filled in: ${error.message}`, undefined, hint);
    }
  };
}

/** Refuses what would read or run other files, or change what templates print. */
export function refuseTemplateFiles(item: YamlMapping): void {
  const refused = { path: 'read a file as a template', vars: 'run a Python file' } as const;
  for (const [name, what] of Object.entries(refused)) {
    const node = lookup(item, name);
    if (node && toPlain(node) !== null) throw new PipelineFault(`\`${name}\` is refused: it would ${what}`, node, 'Write the template into `template:`.');
  }
  const autoescape = lookup(item, 'autoescape');
  if (autoescape && toPlain(autoescape) === true) throw new PipelineFault('`autoescape` is not supported', autoescape, 'Remove it, or set it to false.');
}
