import { type DiagnosticBag, isFatal } from '../source/diagnostic.ts';
import { checkSchema } from '../source/schema/check-schema.ts';
import type { JsonSchema } from '../source/schema/json-schema.ts';
import type { SourceFile } from '../source/span.ts';
import { parseYaml } from '../source/yaml/parse.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../source/yaml/tree.ts';
import type { PipelineEnvironment, TransformationDefinition } from './definition.ts';
import { fileStem } from './file-stem.ts';
import { readFinalizers } from './output/finalizer.ts';
import { readPostprocessing } from './output/postprocessing.ts';
import type { Pipeline, ProcessingItem } from './pipeline.ts';
import { type ItemReading, readProcessingItem } from './read/item-reader.ts';
import { withOldTruths } from './read/old-scalars.ts';
import { textList, textsSchema } from './text-list.ts';
import { transformationDefinitions } from './transformations/registry.ts';

export interface ReadPipelineOptions {
  /** See {@link PipelineEnvironment}. */
  readonly readText: PipelineEnvironment['readText'];
  /** Kinds of transformations; default: all. */
  readonly definitions?: Readonly<Record<string, TransformationDefinition>>;
}

const schema: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: ['string', 'number', 'null'] },
    priority: { type: 'number', description: 'Pipelines of lower priority run first.' },
    vars: { type: 'object', description: 'A map from names of placeholders to their values.' },
    allowed_backends: textsSchema('A list of targets.'),
    // the items themselves are checked one by one
    transformations: { type: 'array' },
    postprocessing: { type: 'array' },
    finalizers: { type: 'array' },
  },
  additionalProperties: false,
};

/**
 * A pipeline in pySigma's YAML; undefined when `bag` has been told (PIP001) all that is wrong with
 * it.
 */
export function readPipeline(
  file: SourceFile,
  bag: DiagnosticBag,
  options: ReadPipelineOptions,
): Pipeline | undefined {
  const before = bag.list.length;
  const documents = parseYaml(file, bag);
  const clean = (): boolean => !bag.list.slice(before).some(isFatal);
  if (!clean()) return undefined;
  const [document, second] = documents;
  if (!document || second) {
    const span = second ? { start: second.start, end: second.start } : { start: 0, end: 0 };
    bag.add(file, {
      code: 'PIP001',
      message: second ? 'the file has more than one YAML document' : 'the file is empty',
      span,
    });
    return undefined;
  }
  const root = withNumber(withOldTruths({ file, bag }, document), 'priority');
  for (const diagnostic of checkSchema(schema, root, 'PIP001', 'a pipeline'))
    bag.add(file, diagnostic);
  if (root.kind !== 'mapping') return undefined;
  const pipeline = pipelineOf(
    root,
    readingOf(file, bag, options),
    options.definitions ?? transformationDefinitions,
  );
  return clean() ? pipeline : undefined;
}

/** An entry that is a number between quotes is the number. */
function withNumber(root: YamlNode, name: string): YamlNode {
  if (root.kind !== 'mapping') return root;
  const numbered = (node: YamlNode): YamlNode =>
    node.kind === 'scalar' &&
    typeof node.value === 'string' &&
    /^[-+]?[0-9]{1,9}$/.test(node.value.trim())
      ? { ...node, value: Number(node.value) }
      : node;
  return {
    ...root,
    pairs: root.pairs.map((pair) =>
      pair.key.text === name ? { ...pair, value: numbered(pair.value) } : pair,
    ),
  };
}

function readingOf(
  file: SourceFile,
  bag: DiagnosticBag,
  { readText, definitions = transformationDefinitions }: ReadPipelineOptions,
): ItemReading {
  let number = 0;
  const environment: PipelineEnvironment = {
    file,
    readText,
    readItems: (items) => readItems(reading, items, definitions),
  };
  const reading: ItemReading = { file, bag, environment, nextNumber: () => ++number };
  return reading;
}

function readItems(
  reading: ItemReading,
  nodes: readonly YamlNode[],
  definitions: Readonly<Record<string, TransformationDefinition>>,
): readonly ProcessingItem[] {
  return nodes.flatMap((node) => readProcessingItem(reading, node, definitions) ?? []);
}

function pipelineOf(
  root: YamlMapping,
  reading: ItemReading,
  definitions: Readonly<Record<string, TransformationDefinition>>,
): Pipeline {
  const { file } = reading;
  const list = (key: string): readonly YamlNode[] => {
    const node = lookup(root, key);
    return node?.kind === 'sequence' ? node.items : [];
  };
  const name = lookup(root, 'name');
  const priority = lookup(root, 'priority');
  const vars = lookup(root, 'vars');
  return {
    name: name?.kind === 'scalar' && name.value !== null ? name.text : fileStem(file.path),
    priority:
      priority?.kind === 'scalar' && typeof priority.value === 'number' ? priority.value : 0,
    allowedBackends: new Set(textList(root, 'allowed_backends')),
    vars: new Map(
      vars?.kind === 'mapping'
        ? vars.pairs.map(({ key, value }) => [key.text, toPlain(value)])
        : [],
    ),
    items: readItems(reading, list('transformations'), definitions),
    postprocessing: readPostprocessing(list('postprocessing'), reading),
    finalizers: readFinalizers(list('finalizers'), reading),
    file,
  };
}
