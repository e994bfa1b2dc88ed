import { positionAt } from '../../source/span.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import type { PipelineItem, PostprocessingItem } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';

/** A query after the postprocessing items. Throws {@link ProcessingError}. */
export function postprocessed(
  query: string,
  items: readonly PostprocessingItem[],
  rule: RuleInProcess,
): string {
  let text = query;
  for (const item of items) {
    if (!item.appliesTo(rule)) continue;
    try {
      text = item.apply(text, rule);
    } catch (error) {
      throw error instanceof ProcessingError
        ? new ProcessingError(`${error.message}${itemPlace(item)}`, error.place, error.hint)
        : error;
    }
    rule.applied.add(item.id);
  }
  return text;
}

/** ` (replace, pipeline.yml:7)`: the end of a message about what an item can't do. */
export const itemPlace = ({ type, file, span }: PipelineItem): string =>
  ` (${type}, ${file.path}:${positionAt(file, span.start).line})`;
