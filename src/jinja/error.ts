import type { Span } from '../source/span.ts';

/** What is wrong with a template, by offsets into its text. */
export class JinjaError extends Error {
  readonly span: Span;
  constructor(message: string, start: number, end: number) {
    super(message);
    this.span = { start, end };
  }
}
