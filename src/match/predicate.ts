import type { FieldTest, Item, Query } from '../query/tree.ts';
import {
  type EventView,
  type FieldSlot,
  fieldSlot,
  lowerOf,
  type Value,
  valuesOf,
} from './event.ts';
import type { Atom } from './index/literal-clause.ts';
import { literalListPredicate, onlyLiteral } from './index/literal-list.ts';
import { Unmatchable } from './unmatchable.ts';
import { keywordTest, type ValueTest, valueTest } from './value-test.ts';

/** Whether a query is true of the current event of a view. */
export type Predicate = () => boolean;

/** Compiles a query for the events of a view, which queries share. Throws {@link Unmatchable}. */
export function predicateOf(query: Query, view: EventView): Predicate {
  switch (query.kind) {
    case 'and':
      return all(cheapFirst(query.operands).map((operand) => predicateOf(operand, view)));
    case 'or':
      return any(orPredicates(query.operands, view));
    case 'not': {
      const inner = predicateOf(query.operand, view);
      return () => !inner();
    }
    case 'item':
      return itemPredicate(query, view);
  }
}

function all(predicates: readonly Predicate[]): Predicate {
  const [first, second] = predicates;
  if (predicates.length === 1 && first) return first;
  if (predicates.length === 2 && first && second) return () => first() && second();
  return () => {
    for (const predicate of predicates) if (!predicate()) return false;
    return true;
  };
}

function any(predicates: readonly Predicate[]): Predicate {
  const [first] = predicates;
  if (predicates.length === 1 && first) return first;
  return () => {
    for (const predicate of predicates) if (predicate()) return true;
    return false;
  };
}

const costOf = (query: Query): number => {
  if (query.kind === 'item')
    return query.field === undefined
      ? 20
      : query.test.kind === 'regex'
        ? 10
        : query.test.kind === 'number'
          ? 1
          : 2;
  if (query.kind === 'not') return costOf(query.operand);
  return query.operands.reduce((sum, operand) => sum + costOf(operand), 0);
};

const cheapFirst = (queries: readonly Query[]): readonly Query[] =>
  queries
    .map((query) => ({ query, cost: costOf(query) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ query }) => query);

/** Fewer literals of a field are tested one by one, which is faster. */
const leastLiterals = 8;

/**
 * Looks up whole values of a field together, and many literals of a field together. The other
 * operands are tested one by one.
 */
function orPredicates(operands: readonly Query[], view: EventView): readonly Predicate[] {
  const byField = new Map<string | undefined, { readonly item: Item; readonly atom: Atom }[]>();
  const rest: Query[] = [];
  for (const item of operands) {
    const atom = item.kind === 'item' ? onlyLiteral(item) : undefined;
    if (item.kind !== 'item' || !atom) rest.push(item);
    else {
      const literals = byField.get(item.field) ?? [];
      byField.set(item.field, literals);
      literals.push({ item, atom });
    }
  }
  const lists: Predicate[] = [];
  for (const [field, literals] of byField) {
    const wholes = new Set(
      literals.flatMap(({ atom }) => (atom.place === 'whole' ? atom.text : [])),
    );
    const others = literals.filter(({ atom }) => atom.place !== 'whole');
    if (field !== undefined && wholes.size > 0)
      lists.push(overValues(view, fieldSlot(view, field), (value) => wholes.has(lowerOf(value))));
    if (others.length < leastLiterals) rest.push(...others.map(({ item }) => item));
    else
      lists.push(
        literalListPredicate(
          field,
          others.map(({ atom }) => atom),
          view,
        ),
      );
  }
  return [...lists, ...cheapFirst(rest).map((operand) => predicateOf(operand, view))];
}

function itemPredicate({ field, test }: Item, view: EventView): Predicate {
  if (field === undefined) return overValues(view, view.whole, keywordTest(test));
  const slot = fieldSlot(view, field);
  switch (test.kind) {
    case 'null':
      return () => valuesOf(view, slot).length === 0;
    case 'exists':
      return () => valuesOf(view, slot).length > 0;
    case 'field':
      return fieldPredicate(test, view, slot);
    case 'expression':
      throw new Unmatchable(
        'a part of the rule is in the words of a target, of a processing pipeline',
      );
    default:
      return overValues(view, slot, valueTest(test));
  }
}

function overValues(view: EventView, slot: FieldSlot, test: ValueTest): Predicate {
  return () => {
    const values = valuesOf(view, slot);
    for (const value of values) if (test(value)) return true;
    return false;
  };
}

function fieldPredicate(
  { other, relation, cased }: FieldTest,
  view: EventView,
  slot: FieldSlot,
): Predicate {
  const otherSlot = fieldSlot(view, other);
  const text = (value: Value): string => (cased ? value.text : lowerOf(value));
  return () => {
    for (const value of valuesOf(view, slot))
      for (const one of valuesOf(view, otherSlot))
        if (related(text(value), relation, text(one))) return true;
    return false;
  };
}

function related(text: string, relation: FieldTest['relation'], other: string): boolean {
  switch (relation) {
    case 'equals':
      return text === other;
    case 'startswith':
      return text.startsWith(other);
    case 'endswith':
      return text.endsWith(other);
    case 'contains':
      return text.includes(other);
  }
}
