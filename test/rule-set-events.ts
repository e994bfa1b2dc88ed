import type { Event } from '../src/match/event.ts';
import type { CompiledDetection } from '../src/query/compile.ts';
import type { Query } from '../src/query/tree.ts';
import type { Event as FlatEvent } from './judges/spl/value.ts';
import { mutations } from './mutations.ts';
import { type RuleSetEntry, ruleSet } from './rule-set.ts';

export interface DetectionEntry extends RuleSetEntry {
  readonly rule: CompiledDetection;
}

/** The rules of the set that find single events. */
export const detectionsOfRuleSet = (): readonly DetectionEntry[] =>
  ruleSet().flatMap((entry) => (entry.rule.kind === 'detection' ? [{ ...entry, rule: entry.rule }] : []));

/** Without fields in fields or several values in one, as targets that search flat events have them. */
export const isFlat = (event: Event): event is FlatEvent => Object.values(event).every((value) => value === null || typeof value !== 'object');

/** Flat events, each as it is and changed a little in one field of the rule at a time. */
export function nearEvents(query: Query, events: readonly Event[]): readonly FlatEvent[] {
  return events.filter(isFlat).flatMap((event) => [event, ...mutations(event, query)]);
}
