import type { Span } from '../span.ts';

/** Thrown for valid YAML that Sigma can't use. */
export class TreeError extends Error {
  readonly code: 'SIG002' | 'SIG004';
  readonly span: Span;
  readonly hint: string | undefined;
  constructor(code: TreeError['code'], message: string, span: Span, hint?: string) {
    super(message);
    this.code = code;
    this.span = span;
    this.hint = hint;
  }
}
