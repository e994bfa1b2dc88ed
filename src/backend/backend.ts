import type { DiagnosticCode } from '../source/code.ts';
import type { SourceFile, Span } from '../source/span.ts';

/** Why a target has no query for a rule, or what to know about the query that it has. */
export interface Remark {
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

/** Where a complaint of a backend points. An item of the query tree is one. */
export interface Place {
  readonly file: SourceFile;
  readonly span: Span;
}

/** Of a complaint about a rule as a whole. */
export const placeOfRule = ({
  file,
  titleSpan,
}: {
  readonly file: SourceFile;
  readonly titleSpan: Span;
}): Place => ({ file, span: titleSpan });

/** What a backend makes of a rule. `problems` is never empty. */
export type Conversion<T> =
  | { readonly ok: true; readonly value: T; readonly remarks: readonly Remark[] }
  | { readonly ok: false; readonly problems: readonly Remark[] };

/**
 * Thrown inside a backend where a test can't be printed; turned into a {@link Conversion} at its
 * edge.
 */
export class Inexpressible extends Error {
  readonly remark: Remark;
  constructor(remark: Omit<Remark, 'code'> & { code?: Remark['code'] }) {
    super(remark.message);
    this.remark = { code: 'TGT001', ...remark };
  }
}

/** A refusal at a place, to be thrown. An item of the query tree is a place. */
export function refused({ file, span }: Place, message: string, hint: string): Inexpressible {
  return new Inexpressible({ message, file, span, hint });
}

/** Runs a printer, collecting what it refuses. */
export function converted<T>(print: (remarks: Remark[]) => T): Conversion<T> {
  const remarks: Remark[] = [];
  try {
    const value = print(remarks);
    return { ok: true, value, remarks: distinct(remarks) };
  } catch (error) {
    if (error instanceof Inexpressible) return { ok: false, problems: [error.remark] };
    throw error;
  }
}

/** What holds for many values of a rule is said once. */
function distinct(remarks: readonly Remark[]): readonly Remark[] {
  if (remarks.length < 2) return remarks;
  const known = new Map<string, Remark>();
  for (const remark of remarks) if (!known.has(remark.message)) known.set(remark.message, remark);
  return [...known.values()];
}
