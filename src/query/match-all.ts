import { type CompiledDetection, type CompiledRule, detectionsBelow } from './compile.ts';
import { type Item, itemsOf, type Query } from './tree.ts';

/**
 * The detections below a rule that an event with none of their fields and keywords fulfils: `not Image: x`, `Image: null`. `emptyIsAbsent`: the
 * target stores no empty texts, so that it asks for the absence of a field in their place.
 */
export const matchAllBelow = (compiled: CompiledRule, emptyIsAbsent: boolean): readonly CompiledDetection[] =>
  detectionsBelow(compiled).filter(({ query }) => ofNothing(query, emptyIsAbsent) === true);

/** The item that says so, and the fields that are not there. */
export function missedBy({ query }: CompiledDetection): { readonly item: Item | undefined; readonly fields: readonly string[] } {
  const items = [...itemsOf(query)];
  return { item: items[0], fields: [...new Set(items.flatMap(({ field }) => field ?? []))].sort() };
}

/** What the query is for an event that has nothing of it; undefined where only the target knows. */
function ofNothing(query: Query, emptyIsAbsent: boolean): boolean | undefined {
  switch (query.kind) {
    case 'item': {
      const { field, test } = query;
      if (test.kind === 'expression') return undefined;
      return field !== undefined && (test.kind === 'null' || (emptyIsAbsent && test.kind === 'string' && test.pattern.length === 0));
    }
    case 'not': {
      const value = ofNothing(query.operand, emptyIsAbsent);
      return value === undefined ? undefined : !value;
    }
    default: {
      const decisive = query.kind === 'or';
      let value: boolean | undefined = !decisive;
      for (const operand of query.operands) {
        const one = ofNothing(operand, emptyIsAbsent);
        if (one === decisive) return decisive;
        if (one === undefined) value = undefined;
      }
      return value;
    }
  }
}
