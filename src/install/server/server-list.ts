/** More than any server has of what Sigpack asks for. */
const maximumEntries = 100_000;

/** Whether a server's answer is a list of what was asked for, and no endless one. */
export const isListOf = <T>(
  value: unknown,
  isOne: (entry: unknown) => entry is T,
): value is readonly T[] =>
  Array.isArray(value) && value.length <= maximumEntries && value.every(isOne);
