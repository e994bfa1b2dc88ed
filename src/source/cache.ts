/**
 * Caches what is worked out from a name. A project has some hundred of them: names of fields, and
 * tags.
 */
export function perName<T>(work: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const value = work(name);
    known.set(name, value);
    return value;
  };
}

/** Works a value out when it is first asked for: many runs never need it. */
export function once<T extends object>(work: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= work();
    return value;
  };
}
