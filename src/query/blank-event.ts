import { ANY, type Pattern } from '../sigma/pattern.ts';
import type { CompiledDetection, CompiledRule } from './compile.ts';
import { asksForNoText } from './regex-open.ts';
import { type Truth, truthOf } from './three-valued.ts';
import type { Item } from './tree.ts';

/** What a target's store makes of an event that has nothing of a rule. */
export interface BlankEvent {
  /** An empty text is not stored: a field without a value counts as one with an empty text, but not under `not`. */
  readonly emptyIsAbsent: boolean;
  /** Whether every event of the store has the field; undefined where many may have it. */
  readonly always: (field: string) => Truth;
  /** Fields in which only words are searched: a text without letters and digits finds all values. */
  readonly wordsOnly?: (field: string) => boolean;
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
  if (![...rule.groupBy, ...rule.valueFields].every((field) => blank.always(field) !== false)) return false;
  const every = rule.type === 'temporal' || rule.type === 'temporal_ordered';
  return every ? parts.every((part) => finds(part, blank, known)) : parts.some((part) => finds(part, blank, known));
}

/** What can't be known counts as what lets the rule find the event. */
function truthOfItem({ field, test }: Item, negated: boolean, blank: BlankEvent): Truth {
  const may = !negated;
  const has = field === undefined ? true : blank.always(field);
  switch (test.kind) {
    case 'expression':
      return undefined;
    case 'null':
      return has === undefined ? may : !has;
    case 'exists':
      return has ?? may;
    case 'string':
      return truthOfPattern(test.pattern, field, has, may, blank);
    case 'regex':
      return has !== false && may && asksForNoText(test);
    case 'compare':
    case 'time':
      return has !== false && may;
    case 'field':
      return has !== false && may && blank.always(test.other) !== false;
    case 'cidr':
      return has !== false && may && test.prefix === 0;
    default:
      return false;
  }
}

function truthOfPattern(pattern: Pattern, field: string | undefined, has: Truth, may: boolean, { emptyIsAbsent, wordsOnly }: BlankEvent): Truth {
  const inWords = field !== undefined && wordsOnly?.(field) === true;
  if (pattern.length === 0 && field !== undefined && !inWords) return emptyIsAbsent && may && has !== true;
  if (has === false) return false;
  if (pattern.length === 1 && pattern[0] === ANY) return has ?? may;
  return may && pattern.every((part) => typeof part === 'number' || (inWords && typeof part === 'string' && !/[\p{L}\p{N}_]/u.test(part)));
}
