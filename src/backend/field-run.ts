import type { Item, Query } from '../query/tree.ts';

/** Neighbouring operands that name values of one field. */
export interface FieldRun {
  readonly item: Item;
  /** The values of all its operands, in order. */
  readonly values: readonly string[];
  /** The number of its operands. */
  readonly length: number;
}

/**
 * The run that starts at an operand; undefined where that one has no values. `valuesOf` returns the
 * values of a test, or undefined for a test that can't be in a list.
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
