import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile, Span } from '../source/span.ts';

/** What is wrong with a pipeline, and where; thrown while it is read. */
export class PipelineError extends Error {
  readonly span: Span;
  readonly hint: string | undefined;
  constructor(message: string, { start, end }: Span, hint?: string) {
    super(message);
    this.span = { start, end };
    this.hint = hint;
  }
}

/** Where diagnostics about one pipeline go. */
export interface PipelineDiagnostics {
  readonly file: SourceFile;
  readonly bag: DiagnosticBag;
}

/** Runs what may throw a {@link PipelineError}: undefined after a diagnostic of it. */
export function orReport<T>({ file, bag }: PipelineDiagnostics, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const { message, span, hint } = error;
    bag.add(file, { code: 'PIP001', message, span, hint });
    return undefined;
  }
}
