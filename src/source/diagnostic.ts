import type { DiagnosticCode } from './code.ts';
import { codeCatalogue } from './code.ts';
import type { SourceFile, Span } from './span.ts';

export type Severity = 'error' | 'warning' | 'info' | 'off';

/** A diagnostic about a place in a source text. Values, collected over a whole run; never thrown. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Exclude<Severity, 'off'>;
  readonly message: string;
  readonly file: SourceFile;
  readonly span: Span;
  /** What to do about it. */
  readonly hint: string;
  /** The target it concerns, where it is not about the rule as such. */
  readonly target?: string;
}

export interface NewDiagnostic {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly span: Span;
  readonly hint?: string;
  readonly target?: string;
  /** In place of the one of the catalogue, where the configuration sets none. */
  readonly severity?: Severity;
}

/**
 * Collects the diagnostics about one file or one run. Severities come from the catalogue unless
 * overridden; fatal ones can't be.
 */
export interface DiagnosticBag {
  readonly list: Diagnostic[];
  add(file: SourceFile, diagnostic: NewDiagnostic): void;
}

export function createBag(severities: ReadonlyMap<string, Severity> = new Map()): DiagnosticBag {
  const list: Diagnostic[] = [];
  return {
    list,
    add(file, diagnostic) {
      const entry = codeCatalogue[diagnostic.code];
      // what is missing from the output must not look clean, so a fatal code keeps its severity
      const severity = entry.fatal
        ? entry.severity
        : (severities.get(diagnostic.code) ?? diagnostic.severity ?? entry.severity);
      if (severity === 'off') return;
      const { code, message, span, hint = entry.hint, target } = diagnostic;
      list.push({
        code,
        severity,
        message,
        file,
        span,
        hint,
        ...(target === undefined ? {} : { target }),
      });
    },
  };
}

/** True where what is reported is missing from the output. */
export function isFatal(diagnostic: Diagnostic): boolean {
  return codeCatalogue[diagnostic.code].fatal;
}

/** Order for printing: by path, then place, then code, so that two runs print the same. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  if (a.file.path !== b.file.path) return a.file.path < b.file.path ? -1 : 1;
  if (a.span.start !== b.span.start) return a.span.start - b.span.start;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}
