import { codeCatalogue } from '../../source/code/catalogue.ts';
import { compareDiagnostics, type Diagnostic } from '../../source/diagnostic.ts';
import { counted } from '../../source/plural.ts';
import { visible } from '../../source/visible.ts';
import { type ExitCode, exitCodes } from '../error/exit-code.ts';
import { shownPath } from '../files/rule-files.ts';
import { toolVersion } from '../process/package-root.ts';
import { isFailure, type Paint, type ReportContext } from '../report/context.ts';
import { reports } from '../report/format.ts';
import type { ReportFormat } from '../report/format-names.ts';
import { formatSummary } from '../report/summary.ts';
import { printText } from './guarded.ts';
import type { Terminal } from './terminal.ts';

/** More diagnostics than this only push the first ones off the screen. */
const shownDiagnostics = 50;

export interface Outcome {
  readonly diagnostics: readonly Diagnostic[];
  readonly format: ReportFormat;
  readonly verbose: boolean;
  /** False where standard output is data: then the number of notes is of no interest. */
  readonly countsNotes?: boolean;
  readonly context: ReportContext;
  readonly terminal: Terminal;
}

/** What a report on a terminal needs, where only errors are failures. */
export const contextFor = ({ paint, width }: Terminal): ReportContext => ({
  toolVersion: toolVersion(),
  paint,
  width,
  failOn: 'error',
});

/** The first line of a text report: which configuration applies. */
export function configurationLine(path: string | undefined, paint: Paint): string {
  const shown =
    path === undefined ? 'none (no sigpack.yml here or above)' : visible(shownPath(path));
  return `${paint('dim', `Configuration: ${shown}`)}\n`;
}

/**
 * Prints the report. As text, diagnostics go to standard error and the summary to standard output;
 * other formats go to standard output.
 */
export function report({
  diagnostics,
  format,
  verbose,
  countsNotes = true,
  context,
  terminal,
}: Outcome): ExitCode {
  const sorted = [...diagnostics].sort(compareDiagnostics);
  terminal.clear();
  if (format === 'text') {
    const { shown, hidden } = shownAsText(sorted, verbose, countsNotes);
    if (shown.length > 0)
      process.stderr.write(`${reports.text(shown, { ...context, links: verbose })}\n`);
    if (hidden !== '') process.stderr.write(`${context.paint('dim', hidden)}\n\n`);
    if (context.summary) printText(formatSummary(context.summary, sorted, context.paint, verbose));
  } else process.stdout.write(reports[format](sorted, context));
  return sorted.some((diagnostic) => isFailure(diagnostic, context.failOn))
    ? exitCodes.findings
    : exitCodes.success;
}

/** As {@link report}, as text, where only errors are failures. */
export function reportAsText(
  diagnostics: readonly Diagnostic[],
  terminal: Terminal,
  verbose: boolean,
): void {
  report({ diagnostics, format: 'text', verbose, context: contextFor(terminal), terminal });
}

function shownAsText(
  sorted: readonly Diagnostic[],
  verbose: boolean,
  countsNotes: boolean,
): { shown: readonly Diagnostic[]; hidden: string } {
  if (verbose) return { shown: sorted, hidden: '' };
  const order = { error: 0, warning: 1, info: 2 } as const;
  const serious = sorted
    .filter((diagnostic) => diagnostic.severity !== 'info')
    .sort((a, b) => order[a.severity] - order[b.severity]);
  const shown = serious.slice(0, shownDiagnostics);
  const rest = serious.slice(shownDiagnostics);
  const notes = countsNotes ? sorted.filter(({ severity }) => severity === 'info') : [];
  const parts = [
    ...(rest.length > 0 ? [`${rest.length} more errors and warnings`] : []),
    ...(notes.length > 0 ? [counted(notes.length, 'note')] : []),
  ];
  if (parts.length === 0) return { shown, hidden: '' };
  const head = `${parts.join(' and ')} not shown (--verbose shows them)`;
  const hidden = rest.length === 0 ? head : [`${head}:`, ...byCode([...rest, ...notes])].join('\n');
  return { shown, hidden };
}

/** How many there are of each code, most first. */
function byCode(diagnostics: readonly Diagnostic[]): readonly string[] {
  const counts = [...Map.groupBy(diagnostics, ({ code }) => code)]
    .map(([code, { length }]) => ({ code, length }))
    .sort((a, b) => b.length - a.length);
  const width = String(counts[0]?.length).length;
  return counts.map(
    ({ code, length }) =>
      `  ${String(length).padStart(width)} ${code} ${codeCatalogue[code].title}`,
  );
}
