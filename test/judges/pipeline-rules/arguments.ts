import { EvaluationError } from './error.ts';
import type { Arg, Parameter, Type } from './function.ts';
import type { Value } from './value.ts';

export const needed = (name: string, type: Type, check?: (value: string) => void): Parameter => ({
  name,
  type,
  ...(check ? { check } : {}),
});
export const optional = (name: string, type: Type): Parameter => ({ name, type, optional: true });

/** A text; null where the expression has no value. */
export function textOrNull(value: Value): string | null {
  if (value === null || typeof value === 'string') return value;
  throw new EvaluationError('ClassCastException: not a String');
}

/** A text that a function can't do without. */
export function text(arg: Arg, name: string): string {
  const value = textOrNull(arg(name));
  if (value === null) throw new EvaluationError(`${name} is null`);
  return value;
}

/** A flag, which is false where it is not given. */
export function flag(arg: Arg, name: string, without = false): boolean {
  const value = arg(name);
  return typeof value === 'boolean' ? value : without;
}
