import {
  type Condition,
  type Leaf,
  type LiteralLeaf,
  leavesOf,
} from '../pipeline-rule/condition.ts';
import { type LeafPrinter, printLeaf } from '../pipeline-rule/print.ts';
import { fieldText, fieldValue, quoted } from '../pipeline-rule/text.ts';
import { isFlaggable, marked } from './literal-flags.ts';
import { flagName, isSet, type TemporaryFields } from './temporary-fields.ts';

/** What helper rules have prepared before the rules of a log source are asked. */
export interface Prepared {
  readonly names: TemporaryFields;
  /** Fields with a folded copy. */
  readonly copied: ReadonlySet<string>;
  /** Fields with a copy of their last part. */
  readonly last: ReadonlySet<string>;
  /** By field, the marked literals that have a flag. */
  readonly flagged: ReadonlyMap<string, ReadonlySet<string>>;
}

/** An end of a path that a whole last part has: `\cmd.exe`. */
export const isLastPart = ({ spelling, at, text }: LiteralLeaf): boolean =>
  spelling === 'folded' && at === 'end' && text.lastIndexOf('\\') === 0 && text.length > 1;

/**
 * The test of a literal without a function call, which costs more; undefined where it takes one.
 */
export function freeTest(leaf: LiteralLeaf, prepared: Prepared): string | undefined {
  const { names, copied, last, flagged } = prepared;
  const { field } = leaf;
  if (leaf.spelling !== 'folded') return undefined;
  if (leaf.at === 'whole' && copied.has(field))
    return `${quoted(leaf.text)} == ${fieldValue(names.folded(field))}`;
  if (isLastPart(leaf) && last.has(field))
    return `${quoted(leaf.text)} == ${fieldValue(names.last(field))}`;
  if (isFlaggable(leaf) && flagged.get(field)?.has(marked(leaf)))
    return isSet(flagName(names.flags(field), marked(leaf)));
  return undefined;
}

/** Prints the tests of a log source's rules by what is prepared. */
export function preparedPrinter(prepared: Prepared): LeafPrinter {
  const { names, copied } = prepared;
  const folded = (field: string): string | undefined =>
    copied.has(field) ? fieldText(names.folded(field)) : undefined;
  return (leaf: Leaf): string => {
    if (leaf.kind === 'literal') return freeTest(leaf, prepared) ?? printLeaf(leaf, folded);
    if (leaf.kind !== 'regex') return printLeaf(leaf, folded);
    const needs = leaf.needs.flatMap((need) => freeTest(need, prepared) ?? []);
    const text = printLeaf(leaf, folded);
    return needs.length === 0 ? text : `(${[...needs, text].join(' && ')})`;
  };
}

/** Whether a condition has only whole texts, which a copy of the field is compared with. */
export const isComparison = (condition: Condition): boolean =>
  leavesOf(condition).every(
    (leaf) => leaf.kind === 'literal' && leaf.at === 'whole' && leaf.spelling === 'folded',
  );

/** Fields whose folded text a condition asks for. */
export const foldedFields = (condition: Condition): readonly string[] =>
  leavesOf(condition).flatMap((leaf) => {
    switch (leaf.kind) {
      case 'literal':
        return leaf.spelling === 'folded' ? [leaf.field] : [];
      case 'regex':
        return leaf.spelling === 'folded' || leaf.needs.length > 0 ? [leaf.field] : [];
      default:
        return [];
    }
  });
