import type { JsonSchema } from '../source/schema/json-schema.ts';
import type { SourceFile } from '../source/span.ts';
import type { YamlMapping, YamlNode } from '../source/yaml/tree.ts';
import type { ReadText } from './named-file.ts';
import type { ProcessingItem, Transformation } from './pipeline.ts';

/** What an item of some type takes besides what all items do: `id`, `type` and conditions. */
export interface ItemParameters {
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** One type of transformation, an entry of the registry. */
export interface TransformationDefinition extends ItemParameters {
  /** Throws {@link PipelineError} where the parameters fit the schema and still make no sense. */
  readonly create: (item: YamlMapping, environment: PipelineEnvironment) => Transformation;
}

/** What reading a pipeline needs besides its text. */
export interface PipelineEnvironment {
  readonly file: SourceFile;
  readonly readText: ReadText;
  /** The items of a nested pipeline; wrong ones are reported and left out. */
  readonly readItems: (nodes: readonly YamlNode[]) => readonly ProcessingItem[];
}
