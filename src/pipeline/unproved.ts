import type { UnprovedNames } from '../query/processing.ts';
import { fileStem } from './file-stem.ts';
import type { ProcessingItem } from './pipeline.ts';
import type { RuleInProcess } from './rule-in-process.ts';

/**
 * The state that lists names of the product which no public source proves: of fields, or terms of
 * `splunk_scope`.
 */
export const unprovedState = 'unproved_names';

/** Every name that a pipeline lists as unproved, sorted. */
export function unprovedNames(items: readonly ProcessingItem[]): readonly string[] {
  const names = items.flatMap(({ transformation }) => {
    if (transformation.kind === 'nest') return unprovedNames(transformation.items);
    return transformation.kind === 'rule' ? (transformation.unproved ?? []) : [];
  });
  return [...new Set(names)].sort();
}

/** The unproved names that the rule uses, by pipeline. */
export function unprovedInUse({
  unproved,
  chosen,
  mappings,
  state,
}: RuleInProcess): readonly UnprovedNames[] {
  const scope = state.get('splunk_scope');
  const ofKeywords = mappings.get('');
  const isUsed = (name: string): boolean =>
    chosen.has(name) ||
    ofKeywords?.has(name) === true ||
    (typeof scope === 'string' && scope.includes(name));
  return Array.from(unproved, ([file, names]) => ({
    pipeline: fileStem(file.path),
    names: names.filter(isUsed),
  })).filter(({ names }) => names.length > 0);
}
