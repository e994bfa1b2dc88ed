const others: readonly unknown[] = [
  null,
  true,
  1,
  -1.5,
  '',
  'x',
  '__proto__',
  [],
  [null],
  {},
  { '@value': null, toString: 1 },
  { '@value': { toString: 1 } },
  'x\ud800',
];

/** The value with something else in one place, or without it: for each place in turn. */
export function* changedValues(value: unknown): Generator<unknown> {
  yield* others;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value))
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
    for (const changed of changedValues(inner))
      yield Array.isArray(value)
        ? value.map((one: unknown, index) => (String(index) === key ? changed : one))
        : { ...value, [key]: changed };
  }
}
