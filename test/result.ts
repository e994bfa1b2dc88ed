import type { Result } from '../src/source/result.ts';

/** The value of a result; a test fails by its error. */
export function unwrapped<T, E>(result: Result<T, E>): T {
  if (result.ok) return result.value;
  throw result.error instanceof Error ? result.error : new Error(String(result.error));
}

/** The value of a result; undefined for an error, and where there is no result. */
export const valueIfOk = <T, E>(result: Result<T, E> | undefined): T | undefined =>
  result?.ok ? result.value : undefined;
