import type { Item, Query } from './tree.ts';

/** True, false, or undefined where it can't be known. */
export type Truth = boolean | undefined;

/** The truth of a query from that of its items, where some of them may be unknown. */
export function truthOf(query: Query, ofItem: (item: Item) => Truth): Truth {
  switch (query.kind) {
    case 'item':
      return ofItem(query);
    case 'not': {
      const operand = truthOf(query.operand, ofItem);
      return operand === undefined ? undefined : !operand;
    }
    case 'and':
      return joined(query.operands, ofItem, false);
    case 'or':
      return joined(query.operands, ofItem, true);
  }
}

/** `decisive`: the truth of one operand that is the truth of all. */
function joined(operands: readonly Query[], ofItem: (item: Item) => Truth, decisive: boolean): Truth {
  let all: Truth = !decisive;
  for (const operand of operands) {
    const truth = truthOf(operand, ofItem);
    if (truth === decisive) return decisive;
    if (truth === undefined) all = undefined;
  }
  return all;
}
