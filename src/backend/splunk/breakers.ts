/**
 * Where Splunk cuts the text of an event into the words of its index: MAJOR and MINOR of
 * segmenters.conf, as delivered. Both kinds end a word of letters and digits, so they are not
 * distinguished here.
 */
const single = new Set([...'[]<>(){}|!;,\'"*\n\r \t&?+/:=@.-$#%\\_']);

/**
 * Breakers of several characters, longest first. `--` has no letters or digits, and each of its
 * dashes ends a word anyway.
 */
const escapes: readonly string[] =
  '%2526 %2520 %21 %26 %3B %7C %20 %2B %3D %5D %5B %3A %0A %2C %28 %29'.split(' ');

const longestEscape = Math.max(...escapes.map((one) => one.length));

export const isBreaker = (char: string): boolean => single.has(char);

/**
 * A breaker of several characters in a text, and whether it is one in whatever letter case Splunk
 * looks for it: the manual leaves that open.
 */
export interface Escape {
  readonly end: number;
  readonly certain: boolean;
}

/** The breaker of several characters that starts there. */
export function escapeAt(text: string, at: number): Escape | undefined {
  if (text[at] !== '%') return undefined;
  const found = escapes.find((one) => text.slice(at, at + one.length).toUpperCase() === one);
  return found === undefined
    ? undefined
    : { end: at + found.length, certain: /^%\d+$/.test(found) };
}

/** How much of the text's start, at most, may be the end of such a breaker. */
export function escapeTail(text: string): number {
  const start = text.slice(0, 4).toUpperCase();
  let longest = 0;
  for (const one of escapes) {
    for (let from = 1; from < one.length; from++)
      if (start.startsWith(one.slice(from))) longest = Math.max(longest, one.length - from);
  }
  return longest;
}

/** True where the text may be the beginning of such a breaker that goes on. */
export function opensEscape(text: string): boolean {
  const start = text.toUpperCase();
  return escapes.some((one) => one.length > text.length && one.startsWith(start));
}

/** True where the whole text may lie inside of such a breaker. */
export function liesInEscape(text: string): boolean {
  // most words are longer
  if (text.length > longestEscape) return false;
  const part = text.toUpperCase();
  return escapes.some((one) => one.includes(part));
}
