import type { SourceFile, Span } from '../source/span.ts';

/**
 * Why a rule can't be processed; thrown by transformations, turned into a diagnostic where the
 * pipeline is run.
 */
export class ProcessingError extends Error {
  /** In the rule or its filter; undefined: the rule as a whole. */
  readonly place: { readonly file: SourceFile; readonly span: Span } | undefined;
  readonly hint: string | undefined;
  constructor(message: string, place?: ProcessingError['place'], hint?: string) {
    super(message);
    this.place = place;
    this.hint = hint;
  }
}
