import type { DiagnosticCode } from './code/catalogue.ts';
import { codeCatalogue } from './code/catalogue.ts';
import { hintForTarget } from './code/target-document.ts';
import { type SourceFile, type Span, spanOf } from './span.ts';

/**
 * The weight of a diagnostic. `off` is only for configuration: it silences a code, so no diagnostic
 * has it.
 */
export type Severity = 'error' | 'warning' | 'info' | 'off';

/**
 * What a user reads about a place in a text: a stable code, a message and a hint. Diagnostics are
 * collected in a {@link DiagnosticBag} and never thrown.
 *
 * @example
 * import { createBag, type Diagnostic, readDocuments } from 'sigpack';
 *
 * const bag = createBag();
 * readDocuments({ path: 'rule.yml', text: 'title: A\ndetection: {}\n' }, bag);
 * const show = ({ code, severity }: Diagnostic) => `${severity} ${code}`;
 * bag.list.map(show); // => ['error SIG010', 'error SIG010']
 */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Exclude<Severity, 'off'>;
  readonly message: string;
  readonly file: SourceFile;
  readonly span: Span;
  /** What to do about it. */
  readonly hint: string;
  /** The target that it concerns; undefined where it is about the rule as such. */
  readonly target?: string;
}

export interface NewDiagnostic {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly span: Span;
  /** In place of the one of the catalogue. */
  readonly hint?: string | undefined;
  readonly target?: string | undefined;
  /** In place of the one of the catalogue, where the configuration sets none. */
  readonly severity?: Severity | undefined;
}

/**
 * Collects the diagnostics of a run. Functions that read and compile take one, and report to it
 * what they leave out.
 *
 * @example
 * import { createBag, type DiagnosticBag } from 'sigpack';
 *
 * const hasErrors = (bag: DiagnosticBag) => bag.list.some(({ severity }) => severity === 'error');
 * hasErrors(createBag()); // => false
 */
export interface DiagnosticBag extends DiagnosticSink {
  /** In the order of their arrival; {@link compareDiagnostics} sorts by place. */
  readonly list: Diagnostic[];
}

/** Takes diagnostics. */
export interface DiagnosticSink {
  /**
   * Adds a diagnostic about a file, with the severity and hint of its code unless it has its own.
   */
  add(file: SourceFile, diagnostic: NewDiagnostic): void;
}

/**
 * An empty bag.
 *
 * @param severities - Severities by code, in place of the default ones. `off` silences a code. The
 *   severity of a fatal code (docs/diagnostics.md: "fixed") can't be changed.
 * @returns A bag for one run.
 * @example
 * import { createBag } from 'sigpack';
 *
 * const file = { path: 'rule.yml', text: 'title: A\n' };
 * const bag = createBag(new Map([['SIG042', 'warning']]));
 * bag.add(file, { code: 'SIG042', message: 'the rule has no id', span: { start: 0, end: 8 } });
 * bag.list[0]?.severity; // => 'warning'
 */
export function createBag(severities: ReadonlyMap<string, Severity> = new Map()): DiagnosticBag {
  const list: Diagnostic[] = [];
  return {
    list,
    add(file, diagnostic) {
      const entry = codeCatalogue[diagnostic.code];
      // what is missing from the output must not go unnoticed, so a fatal code keeps its severity
      const severity = entry.fatal
        ? entry.severity
        : (severities.get(diagnostic.code) ?? diagnostic.severity ?? entry.severity);
      if (severity === 'off') return;
      const { code, message, span, target } = diagnostic;
      const hint = diagnostic.hint ?? hintForTarget(entry.hint, target);
      list.push({
        code,
        severity,
        message,
        file,
        span: spanOf(span),
        hint,
        ...(target === undefined ? {} : { target }),
      });
    },
  };
}

/** Diagnostics about one file that are held until it is known whether they count. */
export interface HeldDiagnostics extends DiagnosticSink {
  readonly list: readonly NewDiagnostic[];
}

export function holdDiagnostics(): HeldDiagnostics {
  const list: NewDiagnostic[] = [];
  return { list, add: (_, diagnostic) => list.push(diagnostic) };
}

/** A sink for diagnostics about one file that passes on each place, code and message once. */
export function withoutRepeats(sink: DiagnosticSink): DiagnosticSink {
  const added = new Set<string>();
  return {
    add(file, diagnostic) {
      const key = `${diagnostic.code} ${diagnostic.span.start} ${diagnostic.message}`;
      if (added.has(key)) return;
      added.add(key);
      sink.add(file, diagnostic);
    },
  };
}

/** True if what is reported is missing from the output. */
export const isFatal = ({ code }: Pick<Diagnostic, 'code'>): boolean => codeCatalogue[code].fatal;

/**
 * The order for printing: by path, then place, code and message, so that two runs print the same.
 *
 * @param a - A diagnostic.
 * @param b - Another one.
 * @returns A negative number if `a` is first, a positive one if `b` is, 0 for equal ones.
 * @example
 * import { compareDiagnostics, createBag } from 'sigpack';
 *
 * const bag = createBag();
 * for (const path of ['b.yml', 'a.yml'])
 *   bag.add({ path, text: '' }, { code: 'SIG042', message: 'no id', span: { start: 0, end: 0 } });
 * bag.list.toSorted(compareDiagnostics).map(({ file }) => file.path); // => ['a.yml', 'b.yml']
 */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  if (a.file.path !== b.file.path) return a.file.path < b.file.path ? -1 : 1;
  if (a.span.start !== b.span.start) return a.span.start - b.span.start;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}
