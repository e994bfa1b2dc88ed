/** A value that may be an integer beyond 2^53: hardly any event has one. */
const longInteger = /[:[,]\s*-?\d{16,}\s*[,}\]]/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * Parses JSON. Integers that would lose digits become strings, which are compared like numbers.
 * Throws SyntaxError.
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
