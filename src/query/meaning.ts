import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import type { KnownPlaceholders } from './value.ts';

/** The context for turning a rule as written into a query. */
export interface Meaning extends KnownPlaceholders {
  readonly file: SourceFile;
  readonly bag: DiagnosticBag;
}
