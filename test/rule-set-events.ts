import type { CompiledCorrelation, CompiledDetection } from '../src/query/compile.ts';
import { itemsOf, type Query } from '../src/query/tree.ts';
import type { Event, FieldValue } from './judges/spl/value.ts';
import { mutations } from './mutations.ts';
import { type RuleSetEntry, type RuleSetEvent, ruleSet } from './rule-set.ts';

/** A detection of the rule set with all that it is asked about. */
export interface AskedDetection {
  readonly entry: RuleSetEntry;
  readonly rule: CompiledDetection;
  /** Its own events, those of its near misses, and changes of both; flat, as engines keep them. */
  readonly events: readonly Event[];
}

export interface DetectionEntry extends RuleSetEntry {
  readonly rule: CompiledDetection;
}

/** The rules of the set that find single events. */
export const detectionsOfRuleSet = (): readonly DetectionEntry[] =>
  ruleSet().flatMap((entry) =>
    entry.rule.kind === 'detection' ? [{ ...entry, rule: entry.rule }] : [],
  );

/**
 * Without fields in fields or several values in one, as targets that search flat events have them.
 */
export const isFlat = (event: Readonly<Record<string, unknown>>): event is Event =>
  Object.values(event).every((value) => value === null || typeof value !== 'object');

/** Flat events, each as it is and changed a little in one field of the rule at a time. */
export const nearEvents = (
  query: Query,
  events: readonly Readonly<Record<string, unknown>>[],
): readonly Event[] =>
  events.filter(isFlat).flatMap((event) => [event, ...mutations(event, query)]);

/** Every detection of the set that has events. */
export function askedDetections(): readonly AskedDetection[] {
  return ruleSet().flatMap((entry): AskedDetection[] => {
    const { rule } = entry;
    const own = [...entry.hits, ...entry.misses].map(flat);
    if (rule.kind !== 'detection' || own.length === 0) return [];
    return [
      { entry, rule, events: [...own, ...own.flatMap((event) => mutations(event, rule.query))] },
    ];
  });
}

export const correlationsOfSet = (): readonly {
  readonly entry: RuleSetEntry;
  readonly rule: CompiledCorrelation;
}[] =>
  ruleSet().flatMap((entry) =>
    entry.rule.kind === 'correlation' ? [{ entry, rule: entry.rule }] : [],
  );

/**
 * Nested fields by their dotted names, lists of values as they are, null as a field that is not
 * there.
 */
export function flat(event: Readonly<Record<string, unknown>>): Event {
  const fields: Record<string, FieldValue> = {};
  const add = (name: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (typeof value === 'object' && !Array.isArray(value))
      for (const [key, inner] of Object.entries(value))
        add(name === '' ? key : `${name}.${key}`, inner);
    else fields[name] = value as FieldValue;
  };
  add('', event);
  return fields;
}

/** A log line for keywords: without one, the values of all fields. */
export function withRaw(event: Event, { query }: CompiledDetection): Event {
  const keywords = [...itemsOf(query)].some(({ field }) => field === undefined);
  return keywords && event._raw === undefined
    ? { ...event, _raw: Object.values(event).flat().join('\n') }
    : event;
}

/**
 * The events of a correlation's case and changes of them: one of them left out, all nearer
 * together, further apart, or the other way round.
 */
export function changedInTime(
  events: readonly RuleSetEvent[],
): readonly (readonly RuleSetEvent[])[] {
  const [first] = events;
  if (!first) return [];
  const scaled = (factor: number) =>
    events.map(({ event, time }) => ({ event, time: first.time + (time - first.time) * factor }));
  const last = events.at(-1)?.time ?? first.time;
  const reversed = events
    .map(({ event, time }) => ({ event, time: first.time + last - time }))
    .reverse();
  const without = events.map((_, index) => events.filter((__, other) => other !== index));
  return [events, scaled(0.5), scaled(2), reversed, ...without];
}
