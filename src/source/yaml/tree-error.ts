import type { Span } from '../span.ts';

/** Why no tree can be made of a text that is valid YAML. */
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
