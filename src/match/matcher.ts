import type { Query } from '../query/tree.ts';
import { createView, type Event, type EventView, showEvent } from './event.ts';
import { predicateOf } from './predicate.ts';
import { Unmatchable } from './unmatchable.ts';

/** Whether an event is what a query means, by the Sigma specification. It never throws. */
export type Matcher = (event: Event) => boolean;

/**
 * A query that was compiled for events, or why it can't be: regular expressions that take more than
 * linear time, parts in the words of a target.
 */
export type MatcherOf =
  | { readonly ok: true; readonly matches: Matcher }
  | { readonly ok: false; readonly reason: string };

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
 * matcher.ok && matcher.matches({ EventID: 1031 }); // => true
 */
export function matcherOf(query: Query): MatcherOf {
  const view = createView();
  const compiled = compiledFor(query, view);
  if (!compiled.ok) return compiled;
  const { holds } = compiled;
  return {
    ok: true,
    matches(event) {
      showEvent(view, event);
      return holds();
    },
  };
}

/** A query that asks the event which a view shows: many queries share what is read of it. */
export function compiledFor(
  query: Query,
  view: EventView,
):
  | { readonly ok: true; readonly holds: () => boolean }
  | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, holds: predicateOf(query, view) };
  } catch (error) {
    if (error instanceof Unmatchable) return { ok: false, reason: error.message };
    throw error;
  }
}
