import { type Truth, truthOf } from './three-valued.ts';
import type { Item, Query } from './tree.ts';

/** The truth of an item that needs a field which no event has; undefined for other items. */
export function truthWithout({ field, test }: Item, absent: ReadonlySet<string>): Truth {
  if (test.kind === 'field' && absent.has(test.other)) return false;
  return field !== undefined && absent.has(field) ? test.kind === 'null' : undefined;
}

/**
 * The items that make a query true or false, if that is known: those in the parts whose truth is
 * that of the query.
 */
export function causesOf(query: Query, ofItem: (item: Item) => Truth): readonly Item[] {
  const truth = truthOf(query, ofItem);
  if (truth === undefined) return [];
  if (query.kind === 'item') return [query];
  if (query.kind === 'not') return causesOf(query.operand, ofItem);
  return query.operands
    .filter((operand) => truthOf(operand, ofItem) === truth)
    .flatMap((operand) => causesOf(operand, ofItem));
}

/** The absent fields that items use, sorted. */
export function absentFieldsOf(
  items: Iterable<Item>,
  absent: ReadonlySet<string>,
): readonly string[] {
  const fields = new Set<string>();
  for (const { field, test } of items) {
    if (field !== undefined && absent.has(field)) fields.add(field);
    if (test.kind === 'field' && absent.has(test.other)) fields.add(test.other);
  }
  return [...fields].sort();
}
