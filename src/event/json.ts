/** A number that JavaScript's can't hold, as a value of its own: hardly any event has one. */
const longInteger = /[:[,]\s*-?\d{16,}\s*[,}\]]/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * JSON as data; whole numbers beyond 2^53 that would lose digits are texts of them, which are
 * compared as numbers are.
 */
export function parseJson(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text);
  return parseWithSource(text, (_, value, { source }) =>
    typeof value === 'number' &&
    source !== undefined &&
    /^-?\d{16,}$/.test(source) &&
    String(value) !== source
      ? source
      : value,
  );
}

/** Undefined for a text that is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
