import type { Result } from '../src/source/result.ts';

/** The value of a result; a test fails by its error. */
export function unwrapped<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error);
}
