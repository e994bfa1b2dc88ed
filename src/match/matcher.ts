import type { Query } from '../query/tree.ts';
import { createView, type Event, type EventView, showEvent } from './event.ts';
import { predicateOf } from './predicate.ts';
import { Unmatchable } from './unmatchable.ts';

/** Whether an event is what a query means, by the Sigma specification. */
export type Matcher = (event: Event) => boolean;

/**
 * A query that was compiled for events, or why it can't be: regular expressions that take more than
 * linear time, parts in the words of a target.
 */
export type MatcherOf =
  | { readonly ok: true; readonly matches: Matcher }
  | { readonly ok: false; readonly reason: string };

/** Compiles a query once, to be asked of many events. */
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
