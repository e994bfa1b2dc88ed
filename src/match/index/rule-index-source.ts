import type { LogSource } from '../../sigma/rule/rule.ts';
import { type EventSource, sourceOfParts } from '../event-source.ts';

/** Bound of the cache: real sources are few, but events may invent any number. */
const maximumKnown = 1000;

/** For the source of an event, 1 for each rule that may be about it; undefined if all may be. */
export function createSourceFilter(
  sources: readonly (LogSource | undefined)[],
): (source: LogSource | EventSource | undefined) => Uint8Array | undefined {
  const known = new Map<string, Uint8Array>();
  let last: { readonly source: LogSource | EventSource; readonly allowed: Uint8Array } | undefined;
  return (source) => {
    if (!source) return undefined;
    if (source === last?.source) return last.allowed;
    const { key, allows } = 'allows' in source ? source : sourceOfParts(source);
    let allowed = known.get(key);
    if (!allowed) {
      if (known.size >= maximumKnown) known.clear();
      allowed = Uint8Array.from(sources, (one) => (one === undefined || allows(one) ? 1 : 0));
      known.set(key, allowed);
    }
    last = { source, allowed };
    return allowed;
  };
}
