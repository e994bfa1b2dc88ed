import type { DiagnosticCode } from '../code/catalogue.ts';
import type { NewDiagnostic } from '../diagnostic.ts';
import type { Span } from '../span.ts';
import type { JsonSchema } from './json-schema.ts';

/** A run of a check: the schema as a whole, and what it finds. */
export interface Check {
  readonly root: JsonSchema;
  readonly code: DiagnosticCode;
  readonly found: NewDiagnostic[];
  readonly retired: ReadonlyMap<string, string>;
}

export function report(check: Check, span: Span, message: string, hint: string | undefined): void {
  check.found.push({
    code: check.code,
    message,
    span,
    hint,
  });
}
