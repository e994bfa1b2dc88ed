import type { JsonSchema } from '../source/schema/json-schema.ts';
import type { SourceFile } from '../source/span.ts';
import type { YamlMapping } from '../source/yaml/tree.ts';
import type { ProcessingItem, Transformation } from './pipeline.ts';

/**
 * A kind of transformation: what it takes and how it is made of that. One entry a name in the
 * registry.
 */
export interface TransformationDefinition {
  /** Of its own parameters; those of every item (`id`, `type`, conditions) are added. */
  readonly parameters: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Throws {@link PipelineError} where the parameters fit the schema and still make no sense. */
  readonly create: (item: YamlMapping, environment: PipelineEnvironment) => Transformation;
}

/**
 * The text of a file, or why there is none: it can't be read, or stands outside the pipeline's
 * folder.
 */
export type FileText = { readonly text: string } | { readonly reason: 'unreadable' | 'outside' };

/** What reading a pipeline needs beside its text. */
export interface PipelineEnvironment {
  readonly file: SourceFile;
  /** A text file that a pipeline names, relative to the pipeline's folder. */
  readonly readText: (path: string) => FileText;
  /**
   * Reads the items of a nested pipeline; those wrong are left out and have been reported
   * about.
   */
  readonly readItems: (items: readonly YamlMapping[]) => readonly ProcessingItem[];
}

/**
 * What is wrong with a pipeline; thrown while it is read and turned into a diagnostic at its place.
 */
export class PipelineError extends Error {
  readonly span: { readonly start: number; readonly end: number };
  readonly hint: string | undefined;
  constructor(
    message: string,
    span: { readonly start: number; readonly end: number },
    hint?: string,
  ) {
    super(message);
    this.span = { start: span.start, end: span.end };
    this.hint = hint;
  }
}

/** The text of a file that a pipeline names at `place`. Throws {@link PipelineError}. */
export function textOfFile(
  readText: PipelineEnvironment['readText'],
  path: string,
  place: { readonly start: number; readonly end: number },
): string {
  const file = readText(path);
  if ('text' in file) return file.text;
  if (file.reason === 'unreadable')
    throw new PipelineError(
      `\`${path}\` can't be read`,
      place,
      "Paths are relative to the pipeline's folder, and a file there is text in UTF-8.",
    );
  throw new PipelineError(
    `\`${path}\` is outside the pipeline's folder`,
    place,
    'Pipelines read no other files: put it beside the pipeline, or below.',
  );
}
