/** A value that is neither a text nor a number, list or map, such as a message. */
export abstract class JavaObject {
  abstract readonly kind: string;
}

/** A `java.net.InetAddress`: four bytes or sixteen. */
export class Address extends JavaObject {
  readonly kind = 'address';
  readonly bytes: readonly number[];
  constructor(bytes: readonly number[]) {
    super();
    this.bytes = bytes;
  }
}

/** An instant, in milliseconds since 1970. */
export class Instant extends JavaObject {
  readonly kind = 'instant';
  readonly millis: number;
  constructor(millis: number) {
    super();
    this.millis = millis;
  }
}

/**
 * A value of the rule language as Java holds it: a Long is a bigint, a Double a number; null where
 * there is nothing.
 */
export type Value =
  | null
  | string
  | boolean
  | bigint
  | number
  | JavaObject
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** Java's `equals` of two values, of which the first is not null. */
export function javaEquals(left: Value, right: Value): boolean {
  if (left instanceof Instant && right instanceof Instant) return left.millis === right.millis;
  if (left instanceof Address && right instanceof Address)
    return left.bytes.join() === right.bytes.join();
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((one, at) => javaEquals(one, right[at]));
  return Object.is(left, right);
}

/** Java's `toString` of what is not null. */
export function javaText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return doubleText(value);
  if (value instanceof Instant) return new Date(value.millis).toISOString();
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (value === null) return 'null';
  throw new Error('no text of this value is known');
}

/** Java's text of a Double: never without a fraction, with an exponent from ten million on. */
function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0.0';
  if (value === 0) return '0.0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}

/** Java's `String.trim`: everything up to the blank goes, and no other white space. */
export function javaTrim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 32) from++;
  while (to > from && text.charCodeAt(to - 1) <= 32) to--;
  return text.slice(from, to);
}
