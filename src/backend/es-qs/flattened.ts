import { type CompiledRule, detectionsBelow } from '../../query/compile.ts';

/**
 * State of a pipeline that lists keys of fields of the type flattened. A `*` at the end matches any
 * rest.
 */
const flattenedState = 'flattened_fields';

/** Keys of flattened fields among those of the rule, as its pipelines list them. */
export function flattenedFields(compiled: CompiledRule): readonly string[] {
  const names = new Set<string>();
  for (const { processing } of detectionsBelow(compiled)) {
    const listed = processing?.state.get(flattenedState);
    if (Array.isArray(listed))
      for (const name of listed) if (typeof name === 'string') names.add(name);
  }
  return [...names];
}
