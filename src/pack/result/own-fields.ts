import type { CompiledDetection } from '../../query/compile.ts';
import { fieldItemsOf } from '../../query/tree.ts';

/**
 * The fields that a rule itself tests and lists, under their names in a target; without those that
 * pipelines test.
 */
export function ownFields({ rule, query, processing }: CompiledDetection): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const { field, file } of fieldItemsOf(query))
    if (field !== undefined && !processing?.pipelineFiles?.has(file)) fields.add(field);
  for (const field of rule.fields) fields.add(field);
  return fields;
}
