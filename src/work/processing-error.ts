import type { SourceFile, Span } from '../source/span.ts';

/**
 * Thrown by transformations for a rule that can't be processed. The caller of the pipeline makes a
 * diagnostic of it.
 */
export class ProcessingError extends Error {
  /** A place in the rule or its filter; undefined for the rule as a whole. */
  readonly place: { readonly file: SourceFile; readonly span: Span } | undefined;
  readonly hint: string | undefined;
  constructor(message: string, place?: ProcessingError['place'], hint?: string) {
    super(message);
    this.place = place;
    this.hint = hint;
  }
}
