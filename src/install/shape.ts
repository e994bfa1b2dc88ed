import { isRecord } from '../source/record.ts';

/** Where a value is other than it may be: its path below `at`; undefined: it is as it may be. */
export type Shape = (value: unknown, at: string) => string | undefined;

export const oneOf =
  (...values: readonly unknown[]): Shape =>
  (value, at) =>
    values.includes(value) ? undefined : at;

export const text: Shape = (value, at) => (typeof value === 'string' ? undefined : at);
export const number: Shape = (value, at) => (typeof value === 'number' ? undefined : at);

export const either =
  (...shapes: readonly Shape[]): Shape =>
  (value, at) =>
    shapes.some((shape) => shape(value, at) === undefined) ? undefined : at;

export const listOf =
  (shape: Shape, most = Number.POSITIVE_INFINITY): Shape =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > most) return at;
    return firstError(
      value.map((one: unknown, index) => [`${at}[${index}]`, one]),
      shape,
    );
  };

/** Of any keys. */
export const mapOf =
  (shape: Shape): Shape =>
  (value, at) =>
    isRecord(value)
      ? firstError(
          Object.entries(value).map(([key, one]) => [`${at}.${key}`, one]),
          shape,
        )
      : at;

/** Of these keys and no others; any may be missing. */
export const recordOf =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, at) => {
    if (!isRecord(value)) return at;
    for (const [key, one] of Object.entries(value)) {
      const path = at === '' ? key : `${at}.${key}`;
      const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
      const reason = shape ? shape(one, path) : path;
      if (reason !== undefined) return reason;
    }
    return undefined;
  };

function firstError(
  values: readonly (readonly [string, unknown])[],
  shape: Shape,
): string | undefined {
  for (const [path, value] of values) {
    const reason = shape(value, path);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
