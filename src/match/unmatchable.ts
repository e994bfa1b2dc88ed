import { failed, ok, type Result } from '../source/result.ts';

/** Why a rule can't be matched with events here; thrown while it is compiled. */
export class Unmatchable extends Error {
  override readonly name = 'Unmatchable';
}

/** What `compile` gives, or why it can't: the message of the {@link Unmatchable} that it throws. */
export function matchable<T>(compile: () => T): Result<T> {
  try {
    return ok(compile());
  } catch (error) {
    if (error instanceof Unmatchable) return failed(error.message);
    throw error;
  }
}
