/** `one` for a count of 1, otherwise `many`, which is `one` with an s by default. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  count === 1 ? one : many;

/** `1 rule`, `3 rules`. */
export const counted = (count: number, one: string, many?: string): string =>
  `${count} ${plural(count, one, many)}`;
