/** Nesting of JSON that Sigpack writes is far below; what is deeper is refused, not read. */
export const maximumDepth = 100;

/** The same for answers of servers, and for records of them that are read back. */
export const maximumAnswerDepth = 200;

/** Parses JSON; undefined if it is not JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether objects and lists are nested deeper than `depth`. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((one) => isDeeperThan(one, depth - 1));
}
