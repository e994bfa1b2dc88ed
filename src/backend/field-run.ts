import type { Item, Query } from '../query/tree.ts';

/** Operands in a row that name values of one field. */
export interface FieldRun {
  readonly item: Item;
  /** What each operand gives, in their order. */
  readonly values: readonly string[];
  /** How many operands it is. */
  readonly length: number;
}

/**
 * The run that starts at an operand; undefined where that one has no values. `valuesOf` gives those
 * of a test, undefined for a test that cannot be in a list.
 */
export function fieldRunAt(
  operands: readonly Query[],
  start: number,
  valuesOf: (item: Item) => readonly string[] | undefined,
): FieldRun | undefined {
  const first = operands[start];
  if (first?.kind !== 'item') return undefined;
  const values: string[] = [];
  let end = start;
  for (; end < operands.length; end++) {
    const next = operands[end];
    const found = next?.kind === 'item' && next.field === first.field ? valuesOf(next) : undefined;
    if (!found) break;
    for (const value of found) values.push(value);
  }
  return end === start ? undefined : { item: first, values, length: end - start };
}
