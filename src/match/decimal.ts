/**
 * The number that a text has in decimal digits, as every target reads it; undefined for any other
 * text, such as `0x1F`.
 */
export const decimalOf = (text: string): number | undefined =>
  /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : undefined;
