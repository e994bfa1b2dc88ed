import { type DiagnosticBag, isFatal } from '../source/diagnostic.ts';
import { checkSchema } from '../source/schema/check-schema.ts';
import type { JsonSchema } from '../source/schema/json-schema.ts';
import type { SourceFile } from '../source/span.ts';
import { parseYaml } from '../source/yaml/parse.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../source/yaml/tree.ts';
import type { TransformationDefinition } from './definition.ts';
import { fileStem } from './file-stem.ts';
import type { ReadText } from './named-file.ts';
import { readFinalizers } from './output/finalizer.ts';
import { readPostprocessing } from './output/postprocessing.ts';
import { entriesOf, pairsOf, textList, textOf, textsSchema } from './parameters.ts';
import type { Pipeline, ProcessingItem } from './pipeline.ts';
import { type ItemReading, readProcessingItem } from './read/item-reader.ts';
import { withOldTruths } from './read/old-scalars.ts';
import { transformationDefinitions } from './transformations/registry.ts';

export interface ReadPipelineOptions {
  readonly readText: ReadText;
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
    // items are checked one by one
    transformations: { type: 'array' },
    postprocessing: { type: 'array' },
    finalizers: { type: 'array' },
  },
  additionalProperties: false,
};

/** A pipeline in pySigma's YAML; undefined after diagnostics (PIP001 and those of YAML). */
export function readPipeline(
  file: SourceFile,
  given: DiagnosticBag,
  { readText, definitions = transformationDefinitions }: ReadPipelineOptions,
): Pipeline | undefined {
  const bag = watched(given);
  const document = onlyDocument(file, bag);
  if (!document) return undefined;
  const root = withNumber(withOldTruths({ file, bag }, document), 'priority');
  for (const diagnostic of checkSchema(schema, root, 'PIP001', 'a pipeline'))
    bag.add(file, diagnostic);
  if (root.kind !== 'mapping') return undefined;
  let number = 0;
  const readItems = (nodes: readonly YamlNode[]): readonly ProcessingItem[] =>
    nodes.flatMap((node) => readProcessingItem(reading, node, definitions) ?? []);
  const reading: ItemReading = {
    file,
    bag,
    environment: { file, readText, readItems },
    nextNumber: () => ++number,
  };
  const pipeline = pipelineOf(root, reading);
  return bag.isSound() ? pipeline : undefined;
}

interface WatchedBag extends DiagnosticBag {
  /** False once a fatal diagnostic was added by way of this bag. */
  readonly isSound: () => boolean;
}

function watched(bag: DiagnosticBag): WatchedBag {
  let sound = true;
  return {
    list: bag.list,
    add: (file, diagnostic) => {
      sound &&= !isFatal(diagnostic);
      bag.add(file, diagnostic);
    },
    isSound: () => sound,
  };
}

/** Undefined after diagnostics. */
function onlyDocument(file: SourceFile, bag: WatchedBag): YamlNode | undefined {
  const { documents, errors } = parseYaml(file);
  for (const error of errors) bag.add(file, error);
  if (errors.length > 0) return undefined;
  const [document, second] = documents;
  if (document && !second) return document;
  bag.add(file, {
    code: 'PIP001',
    message: second ? 'the file has more than one YAML document' : 'the file is empty',
    span: second ? { start: second.start, end: second.start } : { start: 0, end: 0 },
  });
  return undefined;
}

/** An entry that is a number in quotes becomes the number. */
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

function pipelineOf(root: YamlMapping, reading: ItemReading): Pipeline {
  const { file, environment } = reading;
  const priority = lookup(root, 'priority');
  return {
    name: textOf(root, 'name') ?? fileStem(file.path),
    priority:
      priority?.kind === 'scalar' && typeof priority.value === 'number' ? priority.value : 0,
    allowedBackends: new Set(textList(root, 'allowed_backends')),
    vars: new Map(pairsOf(root, 'vars').map(({ key, value }) => [key.text, toPlain(value)])),
    items: environment.readItems(entriesOf(root, 'transformations')),
    postprocessing: readPostprocessing(entriesOf(root, 'postprocessing'), reading),
    finalizers: readFinalizers(entriesOf(root, 'finalizers'), reading),
    file,
  };
}
