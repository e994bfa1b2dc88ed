import { isSlip, nearest } from '../../source/nearest.ts';
import type { ProcessingItem } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { renamedBy } from './apply-fields.ts';

/** The fields that pipelines name: however a rule uses them, they are spelled correctly. */
export const spelledFields = (items: readonly ProcessingItem[]): ReadonlySet<string> =>
  new Set(items.flatMap(fieldsNamedBy));

const fieldsNamedBy = ({ transformation, fieldNames = [] }: ProcessingItem): readonly string[] => [
  ...fieldNames,
  ...(transformation.kind === 'nest' ? transformation.items.flatMap(fieldsNamedBy) : []),
  ...(transformation.kind === 'field' ? (transformation.sources ?? []) : []),
];

/**
 * Names that may be meant by those that no event has: of the spelled ones, those that have a name
 * in the product, for rules of this log source.
 */
export function nearFields(
  done: RuleInProcess,
  absent: readonly string[],
  spelled: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const isThere = (name: string): boolean =>
    done.renamings.some(([item, one]) => renamedBy([name], item, one, done) !== undefined);
  const near = new Map<string, string>();
  for (const field of absent) {
    if (spelled.has(field)) continue;
    const slips = [...spelled].filter((name) => isSlip(field, name));
    const name = slips.length === 0 ? undefined : nearest(field, slips.filter(isThere));
    if (name !== undefined) near.set(field, name);
  }
  return near;
}
