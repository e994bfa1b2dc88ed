import type { LogSource } from './rule.ts';

/**
 * What is worked out of a log source, kept as long as the log source is: rules share those that are
 * written alike.
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
