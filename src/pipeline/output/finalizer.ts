import { asciiJson } from '../../jinja/json.ts';
import { parseJinja } from '../../jinja/template.ts';
import { nearestHint } from '../../source/nearest.ts';
import { checkSchema } from '../../source/schema/check-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { Span } from '../../source/span.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import { refuseLonger, type Work, workOfOutput } from '../../work/work.ts';
import { textOf } from '../conditions/condition-definition.ts';
import { PipelineError } from '../definition.ts';
import type { Finalizer } from '../pipeline.ts';
import { told } from '../read/condition-set.ts';
import type { ItemParameters, ItemReading } from '../read/item-reader.ts';
import { type FinalizerContext, queriesContext, queriesRoots } from '../template/context.ts';
import { refuseTemplateOptions, templateOf } from '../template/text.ts';
import { templateHint, templateParameters } from './postprocessing.ts';

/** What a finalizer is given: all queries, or the text that the one before it made of them. */
type Output = readonly string[] | string;

interface Context extends FinalizerContext {
  readonly work: Work;
}

type Finalize = (output: Output, context: Context) => string;

interface FinalizerDefinition extends ItemParameters {
  /** It makes something of queries alone, not of the text that another has made of them. */
  readonly ofQueries: boolean;
  readonly create: (item: YamlMapping, reading: ItemReading) => Finalize;
}

const text: JsonSchema = { type: 'string' };
const indent: JsonSchema = { type: ['integer', 'null'], minimum: 0, maximum: 16 };

const definitions: Readonly<Record<string, FinalizerDefinition>> = {
  concat: {
    parameters: { separator: text, prefix: text, suffix: text },
    ofQueries: true,
    create: createConcat,
  },
  json: { parameters: { indent }, ofQueries: false, create: createJson },
  yaml: {
    parameters: { indent },
    ofQueries: true,
    // texts in JSON's form are YAML; the indentation of a plain list is none
    create: () => (output) =>
      output.length === 0
        ? '[]\n'
        : Array.from(output, (query) => `- ${asciiJson(query)}\n`).join(''),
  },
  template: {
    parameters: templateParameters,
    required: ['template'],
    ofQueries: false,
    create: (item, { environment }) => {
      refuseTemplateOptions(item);
      const template = templateOf(
        item,
        environment,
        (source) => parseJinja(source, queriesRoots),
        templateHint,
      );
      return (output, context) =>
        template(queriesContext(output, context, context.work), context.work);
    },
  },
  nested: {
    parameters: { finalizers: { type: 'array' } },
    required: ['finalizers'],
    ofQueries: true,
    create: createNested,
  },
};

/**
 * The entries under `finalizers` as one that runs them in turn; those wrong are left out and
 * have been reported.
 */
export function readFinalizers(
  nodes: readonly YamlNode[],
  reading: ItemReading,
): readonly Finalizer[] {
  const chain = readChain(nodes, reading);
  const [first] = chain;
  if (!first) return [];
  return [
    {
      type: chain.map(({ type }) => type).join(', '),
      span: first.span,
      apply: (queries, context) =>
        [finalized(chain, queries, { ...context, work: workOfOutput() })].flat(),
    },
  ];
}

interface Link {
  readonly type: string;
  readonly span: Span;
  readonly finalize: Finalize;
}

function readChain(nodes: readonly YamlNode[], reading: ItemReading): readonly Link[] {
  return nodes.flatMap((node, at) => told(reading, () => readLink(node, at, reading)) ?? []);
}

function finalized(chain: readonly Link[], queries: Output, context: Context): Output {
  refuseLonger(context.work, lengthOf(queries));
  return chain.reduce<Output>((output, { finalize }) => {
    const text = finalize(output, context);
    refuseLonger(context.work, text.length);
    context.work.characters(text.length);
    return text;
  }, queries);
}

const lengthOf = (output: Output): number =>
  typeof output === 'string' ? output.length : output.reduce((sum, query) => sum + query.length, 0);

function readLink(node: YamlNode, at: number, reading: ItemReading): Link | undefined {
  if (node.kind !== 'mapping')
    throw new PipelineError(
      'a finalizer must be a map',
      node,
      'Write its `type` and what that takes.',
    );
  const type = textOf(node, 'type');
  if (type === undefined)
    throw new PipelineError(
      'the finalizer lacks its `type`',
      node,
      `Known: ${Object.keys(definitions).join(', ')}.`,
    );
  const definition = Object.hasOwn(definitions, type) ? definitions[type] : undefined;
  const place = lookup(node, 'type') ?? node;
  if (!definition)
    throw new PipelineError(
      `there is no finalizer \`${type}\``,
      place,
      nearestHint(type, Object.keys(definitions)),
    );
  const { parameters, required = [] } = definition;
  // pySigma leaves out what a pipeline's text says of these
  const schema: JsonSchema = {
    type: 'object',
    properties: { ...parameters, type: {}, allow_template_vars: {}, vars_allowed_paths: {} },
    required,
    additionalProperties: false,
  };
  const diagnostics = checkSchema(schema, node, 'PIP001', `\`${type}\``);
  for (const diagnostic of diagnostics) reading.bag.add(reading.file, diagnostic);
  if (diagnostics.length > 0) return undefined;
  if (at > 0 && definition.ofQueries) {
    const hint =
      'Only json and template can follow another finalizer: those before have made one text ' +
      'of the queries.';
    throw new PipelineError(`\`${type}\` must be the first finalizer`, place, hint);
  }
  return { type, span: place, finalize: definition.create(node, reading) };
}

function createConcat(item: YamlMapping): Finalize {
  const separator = textOf(item, 'separator') ?? '\n';
  const prefix = textOf(item, 'prefix') ?? '';
  const suffix = textOf(item, 'suffix') ?? '';
  return (output, { work }) => {
    refuseLonger(
      work,
      prefix.length + lengthOf(output) + separator.length * [output].flat().length + suffix.length,
    );
    return prefix + [output].flat().join(separator) + suffix;
  };
}

function createJson(item: YamlMapping): Finalize {
  const node = lookup(item, 'indent');
  const width = node && toPlain(node);
  return (output) => {
    if (typeof output === 'string') return asciiJson(output);
    const entries = output.map(asciiJson);
    if (typeof width !== 'number' || entries.length === 0) return `[${entries.join(', ')}]`;
    const start = `\n${' '.repeat(width)}`;
    return `[${start}${entries.join(`,${start}`)}\n]`;
  };
}

function createNested(item: YamlMapping, reading: ItemReading): Finalize {
  const node = lookup(item, 'finalizers');
  const chain = readChain(node?.kind === 'sequence' ? node.items : [], reading);
  return (output, context) => [finalized(chain, output, context)].flat().join('\n');
}
