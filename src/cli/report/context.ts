import type { Diagnostic, Severity } from '../../source/diagnostic.ts';
import { positionAt } from '../../source/span.ts';
import type { BuildSummary } from './summary.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'green' | 'blue';
export type Paint = (style: Style, text: string) => string;

export const unpainted: Paint = (_, text) => text;

/** What a report needs besides the diagnostics. */
export interface ReportContext {
  readonly toolVersion: string;
  readonly paint: Paint;
  /** Name the page about each diagnostic. */
  readonly links?: boolean;
  /** Terminal cells per line. */
  readonly width: number;
  /** From which severity on a diagnostic is a failure. */
  readonly failOn: 'error' | 'warning' | 'never';
  /**
   * The configuration that was read, as shown. Null: there is no configuration. Undefined: the
   * report does not mention it.
   */
  readonly configuration?: string | null;
  /** Of a build. */
  readonly summary?: BuildSummary;
}

/** Pure: diagnostics in the given order; ends with a line break unless empty. */
export type Report = (diagnostics: readonly Diagnostic[], context: ReportContext) => string;

/** Lines and columns from 1; the end is exclusive and never before the start. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function placeOf({ file, span }: Pick<Diagnostic, 'file' | 'span'>): Place {
  const start = positionAt(file, Math.max(0, span.start));
  const end = positionAt(file, Math.max(0, span.start, Math.min(span.end, file.text.length)));
  return { ...start, endLine: end.line, endColumn: end.column };
}

export interface SeverityCounts {
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
}

export function countSeverities(diagnostics: readonly Diagnostic[]): SeverityCounts {
  const count = (severity: Severity) =>
    diagnostics.reduce((sum, one) => (one.severity === severity ? sum + 1 : sum), 0);
  return { errors: count('error'), warnings: count('warning'), infos: count('info') };
}

/** True for a diagnostic that makes the run fail. */
export function isFailure(
  { severity }: Pick<Diagnostic, 'severity'>,
  failOn: ReportContext['failOn'],
): boolean {
  if (failOn === 'never') return false;
  return severity === 'error' || (severity === 'warning' && failOn === 'warning');
}
