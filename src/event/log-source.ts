import type { Event } from '../match/event.ts';
import type { EventSource } from '../match/event-source.ts';
import { formSource } from './form-source.ts';
import { windowsOrigin, windowsSource } from './windows/source.ts';

/** Bound of the cache: real origins are few, but events may invent any number. */
const maximumKnown = 1000;
const known = new Map<string, EventSource>();

/**
 * The log source of an event, as far as the event itself shows it: Windows by channel, provider and
 * event id, others such as CloudTrail and Zeek by their form.
 *
 * @param event - An event with Sigma's names ({@link withSigmaNames}).
 * @returns The rules that may be about it; undefined where it may be of any log source.
 * @example
 * import { logSourceOf } from 'sigpack';
 *
 * const source = logSourceOf({ Channel: 'Security', EventID: 4624 });
 * source?.allows({ product: 'windows', service: 'security' }); // => true
 * source?.allows({ product: 'linux' }); // => false
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
