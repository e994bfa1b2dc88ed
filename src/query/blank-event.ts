import { ANY } from '../sigma/pattern.ts';
import { type Truth, truthOf } from './three-valued.ts';
import type { Item, Query } from './tree.ts';

/** What a target's store makes of an event that has nothing of a rule. */
export interface BlankEvent {
  /** An empty text is not stored: a field without a value counts as one with an empty text. */
  readonly emptyIsAbsent: boolean;
  /** Fields that every event of the store has. */
  readonly always: (field: string) => boolean;
}

const nothing: BlankEvent = { emptyIsAbsent: false, always: () => false };

/**
 * True for a query that any event fulfils, as long as it has none of the rule's fields and words: one that only says what an event must not have.
 * What a pipeline wrote in the target's own words may narrow the query.
 */
export function matchesBlankEvents(query: Query, blank: BlankEvent = nothing): boolean {
  return truthOf(query, (item) => truthOfItem(item, blank)) === true;
}

function truthOfItem({ field, test }: Item, { emptyIsAbsent, always }: BlankEvent): Truth {
  const present = field === undefined || always(field);
  switch (test.kind) {
    case 'expression':
      return undefined;
    case 'null':
      return !present;
    case 'exists':
      return present;
    case 'string': {
      const [first] = test.pattern;
      if (test.pattern.length === 0) return emptyIsAbsent && !present;
      return present && test.pattern.length === 1 && first === ANY;
    }
    default:
      return false;
  }
}
