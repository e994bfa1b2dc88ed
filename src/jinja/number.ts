/** A number as Python writes it; integral ones without a fraction, as Sigma's numbers are. */
export function numberText(value: number | bigint): string {
  const size = Math.abs(Number(value));
  if (
    typeof value === 'bigint' ||
    size === 0 ||
    (size >= 1e-4 && (Number.isInteger(value) ? size <= Number.MAX_SAFE_INTEGER : size < 1e16))
  )
    return String(value);
  // beyond 2^53 an integral number was written with an exponent or as a fraction
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [digits, exponent = ''] = value.toExponential().split('e');
  return `${digits}e${exponent.startsWith('-') ? '-' : '+'}${exponent.slice(1).padStart(2, '0')}`;
}

const digits = '[0-9]+(?:_[0-9]+)*';
const integerText = new RegExp(`^[-+]?${digits}$`);
const floatText = new RegExp(
  `^[-+]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:[eE][-+]?[0-9]+)?$`,
);

/** The number that Python's `int` or `float` reads; undefined for no number or an infinite one. */
export function numberIn(text: string): number | bigint | undefined {
  const trimmed = text.trim();
  if (integerText.test(trimmed)) return integer(trimmed.replaceAll('_', ''));
  if (!floatText.test(trimmed)) return undefined;
  const value = Number(trimmed.replaceAll('_', ''));
  return Number.isFinite(value) ? value : undefined;
}

// longer ones take quadratic time, and no event holds such a number
const longestInteger = 64;

function integer(text: string): number | bigint | undefined {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  if (text.length > longestInteger) return undefined;
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
}

/** `str` of a text, a number or a truth value; undefined for any other value. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberText(value);
  return typeof value === 'string' ? value : undefined;
}
