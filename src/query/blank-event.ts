import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import { holdsOfNothing, passesAll } from '../sigma/correlation/threshold.ts';
import { ANY, type Pattern } from '../sigma/value/pattern.ts';
import type { CompiledCorrelation, CompiledDetection, CompiledRule } from './compile.ts';
import { asksForNoText } from './regex-open.ts';
import { type Truth, truthOf } from './three-valued.ts';
import type { Item } from './tree.ts';

/** How a target's store handles an event that has nothing of a rule. */
export interface BlankEvent {
  /**
   * Empty text is not stored: a field without a value counts as one with empty text, but not under
   * `not`.
   */
  readonly emptyIsAbsent: boolean;
  /** Whether every event in the store has the field; undefined if many may have it. */
  readonly always: (field: string) => Truth;
  /** Fields that are searched by words: text without letters and digits finds all values. */
  readonly wordsOnly?: (field: string) => boolean;
  /** Whether something besides the query limits the events: an index, a stream, a source type. */
  readonly isNarrowed: (rule: CompiledDetection) => boolean;
}

/**
 * How a rule finds every event: it only excludes what an event may have, or only requires what each
 * has.
 */
export type BlankCause = 'absence' | 'presence';

/**
 * The cause for a rule that any event fulfils if it has none of the rule's fields and words, and
 * that nothing narrows. What a pipeline wrote in the target's language may narrow it. A group-by
 * field excludes the events without it.
 */
export function blankCause(compiled: CompiledRule, blank: BlankEvent): BlankCause | undefined {
  return causeOf(compiled, blank, new Map());
}

/** `known`: correlations may share parts at several levels. */
function causeOf(
  compiled: CompiledRule,
  blank: BlankEvent,
  known: Map<CompiledRule, BlankCause | undefined>,
): BlankCause | undefined {
  if (known.has(compiled)) return known.get(compiled);
  const cause =
    compiled.kind === 'detection'
      ? causeOfDetection(compiled, blank)
      : causeOfCorrelation(compiled, blank, known);
  known.set(compiled, cause);
  return cause;
}

function causeOfDetection(compiled: CompiledDetection, blank: BlankEvent): BlankCause | undefined {
  const { query } = compiled;
  if (
    blank.isNarrowed(compiled) ||
    truthOf(query, (item, negated) => truthOfItem(item, negated, blank)) !== true
  )
    return undefined;
  // without the values that are only there because a field is missing
  const present = { ...blank, emptyIsAbsent: false };
  const isPresent = (item: Item, negated: boolean): Truth =>
    negated || (item.test.kind !== 'null' && truthOfItem(item, false, present));
  return truthOf(query, isPresent) === true ? 'presence' : 'absence';
}

function causeOfCorrelation(
  compiled: CompiledCorrelation,
  blank: BlankEvent,
  known: Map<CompiledRule, BlankCause | undefined>,
): BlankCause | undefined {
  const { rule, parts } = compiled;
  const causes = parts.flatMap((part, index) =>
    countsFor(rule, index, blank) ? (causeOf(part, blank, known) ?? []) : [],
  );
  if (!areEnough(rule, causes.length)) return undefined;
  return causes.every((cause) => cause === 'presence') ? 'presence' : 'absence';
}

/** Whether so many rules that every event fulfils may fulfil the correlation by themselves. */
function areEnough({ type, rules, thresholds }: CorrelationRule, found: number): boolean {
  if (found === 0 || found === rules.length) return found > 0;
  if (type === 'temporal_ordered' || (type === 'temporal' && thresholds.length === 0)) return false;
  return (
    type !== 'temporal' ||
    Array.from({ length: found }, (_, index) => index + 1).some((count) =>
      passesAll(count, thresholds),
    )
  );
}

/**
 * Whether an event counts that only has the fields which all have: it needs those of the group, and
 * the counted ones unless no value is enough.
 */
function countsFor(rule: CorrelationRule, index: number, { always }: BlankEvent): boolean {
  const reference = rule.rules[index]?.name ?? '';
  const counted = rule.type.startsWith('value_') && !holdsOfNothing(rule) ? rule.valueFields : [];
  return [...rule.groupBy, ...counted].every((name) => {
    const alias = rule.aliases.find((known) => known.name === name)?.fields.get(reference) ?? name;
    return (rule.alternatives?.get(alias) ?? [alias]).some((field) => always(field) !== false);
  });
}

/** If the truth is unknown, it is what lets the rule find the event. */
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

function truthOfPattern(
  pattern: Pattern,
  field: string | undefined,
  has: Truth,
  may: boolean,
  { emptyIsAbsent, wordsOnly }: BlankEvent,
): Truth {
  const inWords = field !== undefined && wordsOnly?.(field) === true;
  if (pattern.length === 0 && field !== undefined && !inWords)
    return emptyIsAbsent && may && has !== true;
  if (has === false) return false;
  if (pattern.length === 1 && pattern[0] === ANY) return has ?? may;
  return (
    may &&
    pattern.every(
      (part) =>
        typeof part === 'number' ||
        (inWords && typeof part === 'string' && !/[\p{L}\p{N}_]/u.test(part)),
    )
  );
}
