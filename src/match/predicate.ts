import type { FieldTest, Item, Query, StringTest } from '../query/tree.ts';
import { literalText } from '../sigma/pattern.ts';
import { type EventView, type FieldSlot, fieldSlot, lowerOf, type Value, valuesOf } from './event.ts';
import { Unmatchable } from './unmatchable.ts';
import { keywordTest, type ValueTest, valueTest } from './value-test.ts';

/** Whether the event that the view shows is what a query means. */
export type Predicate = () => boolean;

/** Compiles a query once; `view` is shared by all that look at the same events. Throws {@link Unmatchable}. */
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
  if (query.kind === 'item') return query.field === undefined ? 20 : query.test.kind === 'regex' ? 10 : query.test.kind === 'number' ? 1 : 2;
  if (query.kind === 'not') return costOf(query.operand);
  return query.operands.reduce((sum, operand) => sum + costOf(operand), 0);
};

const cheapFirst = (queries: readonly Query[]): readonly Query[] =>
  queries
    .map((query) => ({ query, cost: costOf(query) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ query }) => query);

/** Whole values of one field are looked up together; the other operands are tested one by one. */
function orPredicates(operands: readonly Query[], view: EventView): readonly Predicate[] {
  const wholes = new Map<string, Set<string>>();
  const rest: Query[] = [];
  for (const operand of operands) {
    const whole = operand.kind === 'item' ? wholeValue(operand) : undefined;
    if (operand.kind !== 'item' || whole === undefined || operand.field === undefined) rest.push(operand);
    else wholes.set(operand.field, (wholes.get(operand.field) ?? new Set()).add(whole));
  }
  return [
    ...[...wholes].map(([field, texts]) => overValues(view, fieldSlot(view, field), (value) => texts.has(lowerOf(value)))),
    ...cheapFirst(rest).map((operand) => predicateOf(operand, view)),
  ];
}

/** The lower-case text of an item that is true of exactly that text in any letter case. */
function wholeValue({ test }: Item): string | undefined {
  if (test.kind === 'number') return String(test.value).toLowerCase();
  if (test.kind !== 'string' || test.cased) return undefined;
  return literalText((test satisfies StringTest).pattern)?.toLowerCase();
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
      throw new Unmatchable('a part of the rule is in the words of a target, of a processing pipeline');
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

function fieldPredicate({ other, relation, cased }: FieldTest, view: EventView, slot: FieldSlot): Predicate {
  const otherSlot = fieldSlot(view, other);
  const text = (value: Value): string => (cased ? value.text : lowerOf(value));
  return () => {
    for (const value of valuesOf(view, slot)) for (const one of valuesOf(view, otherSlot)) if (related(text(value), relation, text(one))) return true;
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
