import type { CorrelationRule } from '../sigma/correlation/correlation.ts';
import type { DetectionRule } from '../sigma/rule/rule.ts';
import type { DiagnosticCode } from '../source/code/catalogue.ts';
import { type Failed, failed, type Ok } from '../source/result.ts';
import type { SourceFile, Span } from '../source/span.ts';

/**
 * What a target reports about a rule: a refusal where it can't express the rule, or what to know
 * about the query.
 *
 * @example
 * import { graylogDefaults, graylogQueries, type TargetDiagnostic } from 'sigpack';
 *
 * const place = { file: { path: 'rule.yml', text: 'A|fieldref: B' }, span: { start: 0, end: 13 } };
 * const test = { kind: 'field', other: 'B', relation: 'equals', cased: false } as const;
 * const item = { kind: 'item', field: 'A', test, ...place } as const;
 * const conversion = graylogQueries(item, place, graylogDefaults);
 * const codeOf = ({ code }: TargetDiagnostic) => code;
 * conversion.ok ? [] : conversion.error.map(codeOf); // => ['TGT001']
 */
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
    | 'TGT011'
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

/** A part of a file that a diagnostic is about. Items of the query tree are places. */
export interface Place {
  readonly file: SourceFile;
  readonly span: Span;
}

/** Of a diagnostic about a rule as a whole. */
export const placeOfRule = ({
  file,
  titleSpan,
}: Pick<DetectionRule, 'file' | 'titleSpan'>): Place => ({ file, span: titleSpan });

/** Of a diagnostic about the query of a detection rule. */
export const placeOfQuery = ({ file, detection }: DetectionRule): Place => ({
  file,
  span: detection.span,
});

/** Of a diagnostic about what a correlation asks for. */
export const placeOfType = ({ file, typeSpan }: CorrelationRule): Place => ({
  file,
  span: typeSpan,
});

/**
 * What a target made of a rule: a value with diagnostics about it, or as `error` the refusals, of
 * which there is at least one.
 *
 * @example
 * import type { Conversion } from 'sigpack';
 *
 * const messages = (conversion: Conversion<string>) =>
 *   (conversion.ok ? conversion.diagnostics : conversion.error).map(({ message }) => message);
 * messages({ ok: true, value: 'EventID=1031', diagnostics: [] }); // => []
 */
export type Conversion<T> =
  | (Ok<T> & { readonly diagnostics: readonly TargetDiagnostic[] })
  | Unconverted;

export type Unconverted = Failed<readonly TargetDiagnostic[]>;

/** A diagnostic at a place. An item of the query tree is a place. */
export const diagnosticAt = (
  code: TargetDiagnostic['code'],
  { file, span }: Place,
  message: string,
  hint?: string,
): TargetDiagnostic => ({ code, message, file, span, ...(hint === undefined ? {} : { hint }) });

/**
 * Thrown inside a backend where a test can't be printed; turned into a {@link Conversion} at its
 * edge. What is thrown where the rule is not known has a reason only, and perhaps an offset in the
 * regular expression that it is about: a caller that knows the rule catches it.
 */
export class Refusal extends Error {
  readonly diagnostic: TargetDiagnostic | undefined;
  /** UTF-16 units. */
  readonly offset: number | undefined;
  constructor(refused: TargetDiagnostic | string, offset?: number) {
    super(typeof refused === 'string' ? refused : refused.message);
    this.diagnostic = typeof refused === 'string' ? undefined : refused;
    this.offset = offset;
  }
}

/** The refusal, which the caller throws, of what is larger than the target takes. */
export const overLimit = (place: Place, message: string, hint?: string): Refusal =>
  new Refusal(diagnosticAt('TGT004', place, message, hint));

/**
 * Makes the error that a target throws, within {@link converted}, where it can't express a part of
 * a rule. Its code is TGT001.
 *
 * @param place - The part of the rule. An item of the query tree is a place.
 * @param message - What the target can't express.
 * @param hint - What a user can do about it.
 * @returns The error, which the caller throws.
 * @example
 * import { converted, refused } from 'sigpack';
 *
 * const place = { file: { path: 'rule.yml', text: 'User|re: a' }, span: { start: 0, end: 7 } };
 * const conversion = converted(() => {
 *   throw refused(place, 'SQL has no regular expressions', 'Use contains.');
 * });
 * conversion.ok ? [] : conversion.error.map(({ code }) => code); // => ['TGT001']
 */
export function refused(place: Place, message: string, hint: string): Refusal {
  return new Refusal(diagnosticAt('TGT001', place, message, hint));
}

/** A refusal as a conversion, where nothing has to be unwound. */
export const unconverted = ({ file, span }: Place, message: string, hint: string): Unconverted =>
  failed([diagnosticAt('TGT001', { file, span }, message, hint)]);

/**
 * Runs the printer of a target.
 *
 * @param print - Returns the value, or throws what {@link refused} makes. It pushes diagnostics
 *   about the value to the list that it gets.
 * @returns The value with its diagnostics, of which those with equal messages are one; or the
 *   refusal.
 * @throws Whatever else `print` throws.
 * @example
 * import { converted } from 'sigpack';
 *
 * converted(() => 'SELECT 1'); // => { ok: true, value: 'SELECT 1', diagnostics: [] }
 */
export function converted<T>(print: (diagnostics: TargetDiagnostic[]) => T): Conversion<T> {
  const diagnostics: TargetDiagnostic[] = [];
  try {
    const value = print(diagnostics);
    return { ok: true, value, diagnostics: distinct(diagnostics) };
  } catch (error) {
    if (error instanceof Refusal && error.diagnostic) return failed([error.diagnostic]);
    throw error;
  }
}

/** What holds for many values of a rule is reported once. */
function distinct(diagnostics: readonly TargetDiagnostic[]): readonly TargetDiagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  const known = new Map<string, TargetDiagnostic>();
  for (const diagnostic of diagnostics)
    if (!known.has(diagnostic.message)) known.set(diagnostic.message, diagnostic);
  return [...known.values()];
}

/** The same conversion with another value, made of the first one. */
export const mapped = <T, U>(conversion: Conversion<T>, change: (value: T) => U): Conversion<U> =>
  conversion.ok ? { ...conversion, value: change(conversion.value) } : conversion;
