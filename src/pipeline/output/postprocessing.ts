import { parseJinja } from '../../jinja/template.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { lookup, type YamlMapping, type YamlNode } from '../../source/yaml/tree.ts';
import { refuseLonger, type Work } from '../../work/work.ts';
import { regexAt, textOf } from '../conditions/condition-definition.ts';
import { PipelineError } from '../definition.ts';
import type { PostprocessingItem } from '../pipeline.ts';
import { told } from '../read/condition-set.ts';
import { type ItemParameters, type ItemReading, readItemHead } from '../read/item-reader.ts';
import { queryContext, queryRoots } from '../template/context.ts';
import { parseJsonTemplate } from '../template/json-template.ts';
import { parseSimpleTemplate } from '../template/simple-template.ts';
import { refuseTemplateOptions, templateOf } from '../template/text.ts';

interface PostprocessingDefinition extends ItemParameters {
  readonly create: (item: YamlMapping, reading: ItemReading) => PostprocessingItem['apply'];
}

const text: JsonSchema = { type: 'string' };
/** Of templates of Jinja2, in postprocessing and in finalizers. */
export const templateParameters = {
  template: text,
  path: { type: ['string', 'null'] },
  vars: { type: ['string', 'null'] },
  autoescape: { type: 'boolean' },
} as const satisfies Readonly<Record<string, JsonSchema>>;
export const templateHint = 'docs/pipelines.md lists what works of Jinja2.';
const simpleHint =
  'Templates name {query}, {rule.title}, {pipeline.state[key]} and the like; {{ and }} are braces.';

const postprocessingDefinitions: Readonly<Record<string, PostprocessingDefinition>> = {
  embed: {
    parameters: { prefix: text, suffix: text },
    create: (item) => {
      const prefix = textOf(item, 'prefix') ?? '';
      const suffix = textOf(item, 'suffix') ?? '';
      return (query, { work }) => {
        refuseLonger(work, prefix.length + query.length + suffix.length);
        work.characters(query.length);
        return prefix + query + suffix;
      };
    },
  },
  simple_template: {
    parameters: { template: text },
    required: ['template'],
    create: (item, { environment }) => {
      const template = templateOf(item, environment, parseSimpleTemplate, simpleHint);
      return (query, rule) => template(queryContext(query, rule), rule.work);
    },
  },
  template: {
    parameters: templateParameters,
    required: ['template'],
    create: (item, { environment }) => {
      refuseTemplateOptions(item);
      const template = templateOf(
        item,
        environment,
        (source) => parseJinja(source, queryRoots),
        templateHint,
      );
      return (query, rule) => template(queryContext(query, rule), rule.work);
    },
  },
  json: { parameters: { json_template: text }, required: ['json_template'], create: createJson },
  replace: {
    parameters: { pattern: text, replacement: text },
    required: ['pattern', 'replacement'],
    create: createReplace,
  },
  nest: { parameters: { items: { type: 'array' } }, required: ['items'], create: createNest },
};

/** The items under `postprocessing`; those wrong are left out and have been reported. */
export function readPostprocessing(
  nodes: readonly YamlNode[],
  reading: ItemReading,
): readonly PostprocessingItem[] {
  return nodes.flatMap((node): readonly PostprocessingItem[] => {
    const head = readItemHead(reading, node, postprocessingDefinitions);
    const apply = head && told(reading, () => head.definition.create(head.node, reading));
    return head && apply ? [{ ...head.item, apply }] : [];
  });
}

const ofWork =
  (change: (query: string, work: Work) => string): PostprocessingItem['apply'] =>
  (query, { work }) =>
    change(query, work);

function createJson(item: YamlMapping): PostprocessingItem['apply'] {
  try {
    return ofWork(parseJsonTemplate(textOf(item, 'json_template') ?? ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new PipelineError(
      `\`json_template\` is no JSON: ${error.message}`,
      lookup(item, 'json_template') ?? item,
    );
  }
}

function createReplace(item: YamlMapping): PostprocessingItem['apply'] {
  const regex = regexAt(textOf(item, 'pattern') ?? '', lookup(item, 'pattern') ?? item);
  try {
    return ofWork(regex.replacer(textOf(item, 'replacement') ?? ''));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new PipelineError(
      error.message,
      lookup(item, 'replacement') ?? item,
      "Replacements are those of Python's `re.sub`.",
    );
  }
}

function createNest(item: YamlMapping, reading: ItemReading): PostprocessingItem['apply'] {
  const node = lookup(item, 'items');
  const items = readPostprocessing(node?.kind === 'sequence' ? node.items : [], reading);
  return (query, rule) => {
    let changed = query;
    for (const inner of items) {
      if (!inner.appliesTo(rule)) continue;
      changed = inner.apply(changed, rule);
      rule.applied.add(inner.id);
    }
    return changed;
  };
}
