import { failed, ok, type Result } from '../source/result.ts';
import type { Span } from '../source/span.ts';

/** What is wrong with a template; thrown while it is read, and while it is filled in. */
export class JinjaError extends Error {
  /** Offsets into the template's text; undefined while it is filled in. */
  readonly span: Span | undefined;
  constructor(message: string, place?: Span) {
    super(message);
    this.span = place && { start: place.start, end: place.end };
  }
}

/** The result of what may throw a {@link JinjaError}. */
export function orJinjaError<T>(run: () => T): Result<T, JinjaError> {
  try {
    return ok(run());
  } catch (error) {
    if (error instanceof JinjaError) return failed(error);
    throw error;
  }
}
