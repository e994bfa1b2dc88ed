import { ANY } from '../sigma/pattern.ts';
import type { CompiledDetection, CompiledRule } from './compile.ts';
import { type Truth, truthOf } from './three-valued.ts';
import type { Item } from './tree.ts';

/** What a target's store makes of an event that has nothing of a rule. */
export interface BlankEvent {
  /** An empty text is not stored: a field without a value counts as one with an empty text, but not under `not`. */
  readonly emptyIsAbsent: boolean;
  /** Fields that every event of the store has. */
  readonly always: (field: string) => boolean;
  /** Something beside its query says which events the rule is asked of: an index, a stream, a source type. */
  readonly isNarrowed: (rule: CompiledDetection) => boolean;
}

/**
 * True for a rule that any event fulfils, as long as it has none of the rule's fields and words: its query only says what an event must not have,
 * and nothing narrows it. What a pipeline wrote in the target's own words may do so. A group-by field leaves out the events without it.
 */
export function findsBlankEvents(compiled: CompiledRule, blank: BlankEvent): boolean {
  return finds(compiled, blank, new Map());
}

/** `known`: correlations may share parts level upon level. */
function finds(compiled: CompiledRule, blank: BlankEvent, known: Map<CompiledRule, boolean>): boolean {
  const found = known.get(compiled) ?? findsAnew(compiled, blank, known);
  known.set(compiled, found);
  return found;
}

function findsAnew(compiled: CompiledRule, blank: BlankEvent, known: Map<CompiledRule, boolean>): boolean {
  if (compiled.kind === 'detection')
    return !blank.isNarrowed(compiled) && truthOf(compiled.query, (item, negated) => truthOfItem(item, negated, blank)) === true;
  const { rule, parts } = compiled;
  if (![...rule.groupBy, ...rule.valueFields].every(blank.always)) return false;
  const every = rule.type === 'temporal' || rule.type === 'temporal_ordered';
  return every ? parts.every((part) => finds(part, blank, known)) : parts.some((part) => finds(part, blank, known));
}

function truthOfItem({ field, test }: Item, negated: boolean, { emptyIsAbsent, always }: BlankEvent): Truth {
  const present = field === undefined || always(field);
  switch (test.kind) {
    case 'expression':
      return undefined;
    case 'null':
      return !present;
    case 'exists':
      return present;
    case 'string':
      if (test.pattern.length === 0) return emptyIsAbsent && !negated && !present;
      return present && test.pattern.length === 1 && test.pattern[0] === ANY;
    default:
      return false;
  }
}
