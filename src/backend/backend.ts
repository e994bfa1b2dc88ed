import type { DiagnosticCode } from '../source/code.ts';
import { type Failed, failed, type Ok, ok } from '../source/result.ts';
import type { SourceFile, Span } from '../source/span.ts';

/** Why a target has no query for a rule, or what to know about the query that it has. */
export interface TargetDiagnostic {
  readonly code: Extract<
    DiagnosticCode,
    | 'TGT001'
    | 'TGT002'
    | 'TGT003'
    | 'TGT004'
    | 'TGT005'
    | 'TGT006'
    | 'TGT007'
    | 'TGT008'
    | 'TGT009'
    | 'TGT010'
    | 'PIP002'
    | 'PIP003'
    | 'PIP005'
    | 'PIP007'
    | 'PIP008'
  >;
  readonly message: string;
  readonly file: SourceFile;
  readonly span: Span;
  readonly hint?: string;
}

/** Where a diagnostic of a backend points. An item of the query tree is one. */
export interface Place {
  readonly file: SourceFile;
  readonly span: Span;
}

/** Of a diagnostic about a rule as a whole. */
export const placeOfRule = ({
  file,
  titleSpan,
}: {
  readonly file: SourceFile;
  readonly titleSpan: Span;
}): Place => ({ file, span: titleSpan });

/**
 * What a backend makes of a rule: a `Result` whose value comes with diagnostics, and whose error is
 * the refusals, of which there is at least one.
 */
export type Conversion<T> =
  | (Ok<T> & { readonly diagnostics: readonly TargetDiagnostic[] })
  | Unconverted;

export type Unconverted = Failed<readonly TargetDiagnostic[]>;

/**
 * Thrown inside a backend where a test can't be printed; turned into a {@link Conversion} at its
 * edge.
 */
export class Refusal extends Error {
  readonly diagnostic: TargetDiagnostic;
  constructor(diagnostic: Omit<TargetDiagnostic, 'code'> & { code?: TargetDiagnostic['code'] }) {
    super(diagnostic.message);
    this.diagnostic = { code: 'TGT001', ...diagnostic };
  }
}

/** A refusal at a place, to be thrown. An item of the query tree is a place. */
export function refused({ file, span }: Place, message: string, hint: string): Refusal {
  return new Refusal({ message, file, span, hint });
}

/** The same as a conversion, where nothing has to be unwound. */
export const unconverted = (place: Place, message: string, hint: string): Unconverted =>
  failed([refused(place, message, hint).diagnostic]);

/** Runs a printer, collecting what it refuses. */
export function converted<T>(print: (diagnostics: TargetDiagnostic[]) => T): Conversion<T> {
  const diagnostics: TargetDiagnostic[] = [];
  try {
    const value = print(diagnostics);
    return { ...ok(value), diagnostics: distinct(diagnostics) };
  } catch (error) {
    if (error instanceof Refusal) return failed([error.diagnostic]);
    throw error;
  }
}

/** What holds for many values of a rule is said once. */
function distinct(diagnostics: readonly TargetDiagnostic[]): readonly TargetDiagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  const known = new Map<string, TargetDiagnostic>();
  for (const diagnostic of diagnostics)
    if (!known.has(diagnostic.message)) known.set(diagnostic.message, diagnostic);
  return [...known.values()];
}
