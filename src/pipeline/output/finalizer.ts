import { asciiJson } from '../../jinja/json.ts';
import { nearestHint } from '../../source/nearest.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { Span } from '../../source/span.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import { refuseLonger, type Work, workOfOutput } from '../../work/work.ts';
import type { ItemParameters } from '../definition.ts';
import { entriesOf, textOf } from '../parameters.ts';
import type { Finalizer } from '../pipeline.ts';
import { orReport, PipelineError } from '../pipeline-error.ts';
import type { ItemReading } from '../read/item-reader.ts';
import { type EntryKind, fitsSchema, typedEntry } from '../read/typed-entry.ts';
import { type FinalizerContext, queriesContext, queriesRoots } from '../template/context.ts';
import { jinjaParameters, jinjaTemplateOf } from '../template/text.ts';

/** What a finalizer is given: all queries, or the text that the previous one made of them. */
type Output = readonly string[] | string;

interface Context extends FinalizerContext {
  readonly work: Work;
}

type Finalize = (output: Output, context: Context) => string;

interface FinalizerDefinition extends ItemParameters {
  /** It takes queries only, not the text that another finalizer made of them. */
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
    // texts in JSON's form are YAML; a plain list has no indentation
    create: () => (output) =>
      output.length === 0
        ? '[]\n'
        : Array.from(output, (query) => `- ${asciiJson(query)}\n`).join(''),
  },
  template: {
    parameters: jinjaParameters,
    required: ['template'],
    ofQueries: false,
    create: (item, { environment }) => {
      const template = jinjaTemplateOf(item, environment, queriesRoots);
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

/** The entries under `finalizers` as one that runs them in turn. Wrong ones are reported. */
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
  return nodes.flatMap((node, at) => orReport(reading, () => readLink(node, at, reading)) ?? []);
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

const finalizerKind: EntryKind = {
  noun: 'finalizer',
  untypedAt: (node) => node,
  unknownType: (type) =>
    new PipelineError(
      `there is no finalizer \`${type.text}\``,
      type,
      nearestHint(type.text, Object.keys(definitions)),
    ),
};

function readLink(node: YamlNode, at: number, reading: ItemReading): Link | undefined {
  const entry = typedEntry(node, definitions, finalizerKind);
  const { type, definition, mapping } = entry;
  const { parameters, required } = definition;
  // pySigma ignores these two in a pipeline's text
  const properties = { ...parameters, type: {}, allow_template_vars: {}, vars_allowed_paths: {} };
  if (!fitsSchema(reading, entry, properties, required)) return undefined;
  if (at > 0 && definition.ofQueries)
    throw new PipelineError(
      `\`${type.text}\` must be the first finalizer`,
      type,
      'Only json and template can follow another finalizer: ' +
        'those before have made one text of the queries.',
    );
  return { type: type.text, span: type, finalize: definition.create(mapping, reading) };
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
  const chain = readChain(entriesOf(item, 'finalizers'), reading);
  return (output, context) => [finalized(chain, output, context)].flat().join('\n');
}
