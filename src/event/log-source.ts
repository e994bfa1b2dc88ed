import type { Event } from '../match/event.ts';
import type { EventSource } from '../match/event-source.ts';
import { formSource } from './form-source.ts';
import { windowsOrigin, windowsSource } from './windows/source.ts';

/** Origins that are remembered: there are few, unless events make them up. */
const maximumKnown = 1000;
const known = new Map<string, EventSource>();

/**
 * What an event tells of its log source by itself, with Sigma's names in view; undefined: nothing.
 */
export function logSourceOf(event: Event): EventSource | undefined {
  const origin = windowsOrigin(event);
  if (!origin) return formSource(event);
  const key = `${origin.channel}\0${origin.provider}\0${origin.eventId}`;
  const before = known.get(key);
  if (before) return before;
  const source = windowsSource(origin);
  if (known.size >= maximumKnown) known.clear();
  known.set(key, source);
  return source;
}
