import type { CompiledDetection } from '../../query/compile.ts';
import { fieldItemsOf } from '../../query/tree.ts';

/**
 * Fields that a rule itself asks for and lists, as a target has them; not those that pipelines ask
 * for.
 */
export function ownFields({ rule, query, processing }: CompiledDetection): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const { field, file } of fieldItemsOf(query))
    if (field !== undefined && !processing?.pipelineFiles?.has(file)) fields.add(field);
  for (const field of rule.fields) fields.add(field);
  return fields;
}
