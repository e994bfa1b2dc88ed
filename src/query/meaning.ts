import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import type { KnownPlaceholders } from './value.ts';

/** What turning a rule as written into a query needs to know. */
export interface Meaning extends KnownPlaceholders {
  readonly file: SourceFile;
  readonly bag: DiagnosticBag;
}
