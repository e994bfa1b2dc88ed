import type { Query } from '../query/tree.ts';
import { ok, type Result } from '../source/result.ts';
import { createView, type Event, type EventView, showEvent } from './event.ts';
import { type Predicate, predicateOf } from './predicate.ts';
import { matchable } from './unmatchable.ts';

/** Whether an event is what a query means, by the Sigma specification. It never throws. */
export type Matcher = (event: Event) => boolean;

/**
 * Compiles a query, to be asked of many events.
 *
 * @param query - The query of a {@link CompiledDetection}.
 * @returns The matcher, or the reason why there is none: a regular expression that takes more than
 *   linear time, or a part in a target's own language.
 * @example
 * import { matcherOf, type Query } from 'sigpack';
 *
 * const place = { file: { path: 'rule.yml', text: 'EventID: 1031' }, span: { start: 9, end: 13 } };
 * const test = { kind: 'number', value: 1031 } as const;
 * const query: Query = { kind: 'item', field: 'EventID', test, ...place };
 * const matcher = matcherOf(query);
 * matcher.ok && matcher.value({ EventID: 1031 }); // => true
 */
export function matcherOf(query: Query): Result<Matcher> {
  const view = createView();
  const predicate = matchablePredicate(query, view);
  if (!predicate.ok) return predicate;
  const { value: holds } = predicate;
  return ok((event) => {
    showEvent(view, event);
    return holds();
  });
}

/** A query that asks the event which a view shows: many queries share what is read of it. */
export const matchablePredicate = (query: Query, view: EventView): Result<Predicate> =>
  matchable(() => predicateOf(query, view));
