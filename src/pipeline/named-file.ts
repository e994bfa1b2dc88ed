import type { Result } from '../source/result.ts';
import type { Span } from '../source/span.ts';
import { PipelineError } from './pipeline-error.ts';

/** Why a pipeline can't have a file: it can't be read, or is outside the pipeline's folder. */
export type FileError = 'unreadable' | 'outside';

/** The text of a file that a pipeline names, by its path from the pipeline's folder. */
export type ReadText = (path: string) => Result<string, FileError>;

/** The text of a file that a pipeline names at `place`. Throws {@link PipelineError}. */
export function textOfFile(readText: ReadText, path: string, place: Span): string {
  const text = readText(path);
  if (text.ok) return text.value;
  throw text.error === 'unreadable'
    ? new PipelineError(
        `\`${path}\` can't be read`,
        place,
        "Paths are relative to the pipeline's folder, and a file there is text in UTF-8.",
      )
    : new PipelineError(
        `\`${path}\` is outside the pipeline's folder`,
        place,
        'Pipelines read no other files: put it beside the pipeline, or below.',
      );
}
