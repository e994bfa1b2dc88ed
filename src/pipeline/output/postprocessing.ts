import type { JsonSchema } from '../../source/schema/json-schema.ts';
import type { YamlMapping, YamlNode } from '../../source/yaml/tree.ts';
import { refuseLonger, type Work } from '../../work/work.ts';
import type { ItemParameters } from '../definition.ts';
import { entriesOf, placeOf, textOf } from '../parameters.ts';
import type { PostprocessingItem } from '../pipeline.ts';
import { orReport, PipelineError } from '../pipeline-error.ts';
import { type ItemReading, readItemHead } from '../read/item-reader.ts';
import { replacerOf } from '../regex-parameter.ts';
import { queryContext, queryRoots } from '../template/context.ts';
import { parseJsonTemplate } from '../template/json-template.ts';
import { jinjaParameters, jinjaTemplateOf, simpleTemplateOf } from '../template/text.ts';

interface PostprocessingDefinition extends ItemParameters {
  readonly create: (item: YamlMapping, reading: ItemReading) => PostprocessingItem['apply'];
}

const text: JsonSchema = { type: 'string' };

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
      const template = simpleTemplateOf(item, environment);
      return (query, rule) => template(queryContext(query, rule), rule.work);
    },
  },
  template: {
    parameters: jinjaParameters,
    required: ['template'],
    create: (item, { environment }) => {
      const template = jinjaTemplateOf(item, environment, queryRoots);
      return (query, rule) => template(queryContext(query, rule), rule.work);
    },
  },
  json: { parameters: { json_template: text }, required: ['json_template'], create: createJson },
  replace: {
    parameters: { pattern: text, replacement: text },
    required: ['pattern', 'replacement'],
    create: (item) => ofWork(replacerOf(item, 'pattern')),
  },
  nest: { parameters: { items: { type: 'array' } }, required: ['items'], create: createNest },
};

/** The items under `postprocessing`; wrong ones are reported and left out. */
export function readPostprocessing(
  nodes: readonly YamlNode[],
  reading: ItemReading,
): readonly PostprocessingItem[] {
  return nodes.flatMap((node): readonly PostprocessingItem[] => {
    const head = readItemHead(reading, node, postprocessingDefinitions);
    const apply = head && orReport(reading, () => head.definition.create(head.mapping, reading));
    return head && apply ? [{ ...head.item, apply }] : [];
  });
}

/** A change that needs nothing of the rule but its work. */
const ofWork =
  (change: (query: string, work: Work) => string): PostprocessingItem['apply'] =>
  (query, { work }) =>
    change(query, work);

function createJson(item: YamlMapping): PostprocessingItem['apply'] {
  const template = parseJsonTemplate(textOf(item, 'json_template') ?? '');
  if (template.ok) return ofWork(template.value);
  throw new PipelineError(
    `\`json_template\` is not JSON: ${template.error}`,
    placeOf(item, 'json_template'),
  );
}

function createNest(item: YamlMapping, reading: ItemReading): PostprocessingItem['apply'] {
  const items = readPostprocessing(entriesOf(item, 'items'), reading);
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
