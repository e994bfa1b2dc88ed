import type { Place } from '../../query/clause.ts';
import type { Item } from '../../query/tree.ts';
import { foldCase } from '../../regex/letter-case.ts';
import { ANY, joinParts, type OpenLiteral, openLiteral } from '../../sigma/value/pattern.ts';
import { type EventView, fieldSlot, lowerOf, valuesOf } from '../event.ts';
import type { Atom } from './literal-clause.ts';
import { createLiteralTable } from './literal-table.ts';

/** The literal that an item is, in any letter case; undefined if it is another test. */
export function onlyLiteral({ field, test }: Item): Atom | undefined {
  if (test.kind === 'number' && field !== undefined)
    return { field, place: 'whole', text: String(test.value).toLowerCase() };
  if (test.kind !== 'string' || test.cased) return undefined;
  const pattern = field === undefined ? joinParts([ANY, ...test.pattern, ANY]) : test.pattern;
  const literal = openLiteral(pattern);
  return literal && { field, place: places[literal.open], text: foldCase(literal.text) };
}

/** By the side of the literal at which any characters may follow. */
const places: Readonly<Record<OpenLiteral['open'], Place>> = {
  none: 'whole',
  start: 'end',
  end: 'start',
  both: 'inside',
};

/** Whether a value of a field has any of many literals; it is scanned once for all of them. */
export function literalListPredicate(
  field: string | undefined,
  atoms: readonly Atom[],
  view: EventView,
): () => boolean {
  const slot = field === undefined ? view.whole : fieldSlot(view, field);
  const { look } = createLiteralTable(atoms.map((atom) => [atom, rule]));
  let hit = false;
  const found = (): void => {
    hit = true;
  };
  return () => {
    hit = false;
    for (const value of valuesOf(view, slot)) {
      look(lowerOf(value), found);
      if (hit) return true;
    }
    return false;
  };
}

/** All literals have the same rule. */
const rule: readonly number[] = [0];
