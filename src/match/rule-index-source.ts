import type { LogSource } from '../sigma/rule.ts';

/** Log sources of events whose rules are remembered: there are few, unless events make them up. */
const maximumKnown = 1000;

/** For the log source of an event, 1 for each rule that may be about it: no part of the two differs. Undefined: all are. */
export function createSourceFilter(sources: readonly (LogSource | undefined)[]): (source: LogSource | undefined) => Uint8Array | undefined {
  const known = new Map<string, Uint8Array>();
  let last: { readonly source: LogSource; readonly allowed: Uint8Array } | undefined;
  return (source) => {
    if (!source) return undefined;
    if (source === last?.source) return last.allowed;
    const key = JSON.stringify([source.product, source.category, source.service]);
    let allowed = known.get(key);
    if (!allowed) {
      if (known.size >= maximumKnown) known.clear();
      allowed = Uint8Array.from(sources, (one) => (one === undefined || agree(one, source) ? 1 : 0));
      known.set(key, allowed);
    }
    last = { source, allowed };
    return allowed;
  };
}

const agree = (rule: LogSource, event: LogSource): boolean =>
  agreeOn(rule.product, event.product) && agreeOn(rule.category, event.category) && agreeOn(rule.service, event.service);

const agreeOn = (asked: string | undefined, given: string | undefined): boolean => asked === undefined || given === undefined || asked === given;
