import type { LogSource } from './rule.ts';

/**
 * Caches what is worked out from a log source, as long as the log source exists: rules with the
 * same log source share it.
 */
export function perSource<T>(work: (source: LogSource) => T): (source: LogSource) => T {
  const known = new WeakMap<LogSource, { readonly value: T }>();
  return (source) => {
    const before = known.get(source);
    if (before) return before.value;
    const value = work(source);
    known.set(source, { value });
    return value;
  };
}
