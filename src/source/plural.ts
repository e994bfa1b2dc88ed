/** `one` for a count of 1, otherwise `many`, which is `one` with an s by default. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  count === 1 ? one : many;

/** `1 rule`, `3 rules`. */
export const counted = (count: number, one: string, many?: string): string =>
  `${count} ${plural(count, one, many)}`;

/** `a, b and 3 more`: at most so many of the names. */
export function firstFew(names: readonly string[], most: number, separator = ', '): string {
  const others = names.length - most;
  const more = others > 0 ? ` and ${others} more` : '';
  return `${names.slice(0, most).join(separator)}${more}`;
}
