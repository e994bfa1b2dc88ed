import type { Item, Query } from './tree.ts';

/** True, false, or undefined if unknown. */
export type Truth = boolean | undefined;

/**
 * The truth of a query from that of its items, some of which may be unknown. `negated`: the item is
 * under an odd number of negations.
 */
export function truthOf(
  query: Query,
  ofItem: (item: Item, negated: boolean) => Truth,
  negated = false,
): Truth {
  switch (query.kind) {
    case 'item':
      return ofItem(query, negated);
    case 'not': {
      const operand = truthOf(query.operand, ofItem, !negated);
      return operand === undefined ? undefined : !operand;
    }
    case 'and':
      return joined(query.operands, ofItem, false, negated);
    case 'or':
      return joined(query.operands, ofItem, true, negated);
  }
}

/** `decisive`: the truth of an operand that is then the truth of the whole. */
function joined(
  operands: readonly Query[],
  ofItem: (item: Item, negated: boolean) => Truth,
  decisive: boolean,
  negated: boolean,
): Truth {
  let all: Truth = !decisive;
  for (const operand of operands) {
    const truth = truthOf(operand, ofItem, negated);
    if (truth === decisive) return decisive;
    if (truth === undefined) all = undefined;
  }
  return all;
}
