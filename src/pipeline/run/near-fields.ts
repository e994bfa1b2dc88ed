import { isSlip, nearest } from '../../source/nearest.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import { workOfRule } from '../../work/work.ts';
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
 * The name that may be meant by one that no event has: of the spelled ones, one that has a name in
 * the product, for rules of this log source. Undefined also where a limit is reached.
 */
export function nearField(
  field: string,
  done: RuleInProcess,
  spelled: ReadonlySet<string>,
): string | undefined {
  if (spelled.has(field)) return undefined;
  const slips = [...spelled].filter((name) => isSlip(field, name));
  // a suggestion takes nothing from what the pipelines may make of the rule
  const asked = { ...done, work: workOfRule() };
  const isThere = (name: string): boolean =>
    done.renamings.some(([item, one]) => renamedBy([name], item, one, asked) !== undefined);
  try {
    return nearest(field, slips.filter(isThere));
  } catch (error) {
    if (error instanceof ProcessingError) return undefined;
    throw error;
  }
}
