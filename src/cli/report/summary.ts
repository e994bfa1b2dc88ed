import { type MadeFor, madeForText } from '../../artifact/made-for.ts';
import { groupedText } from '../../pack/splunk/grouped/grouped-count.ts';
import { codeCatalogue, type DiagnosticCode } from '../../source/code/catalogue.ts';
import type { Diagnostic } from '../../source/diagnostic.ts';
import { countedText, numberText } from '../../source/number-text.ts';
import { visible } from '../../source/visible.ts';
import { cells } from './cells.ts';
import { countSeverities, type Paint } from './context.ts';
import { leftOffLines, loadText, type TargetLoad } from './load-lines.ts';
import { lineWidth, wrapped } from './wrapped.ts';

/** What a build did, for the text and the JSON report. */
export interface BuildSummary {
  readonly title: string;
  readonly version: string;
  readonly files: number;
  readonly rules: {
    /** Rules read without an error. */
    readonly read: number;
    /** Documents that are not usable as rules. */
    readonly invalid: number;
    /** Rules left out by `select`. */
    readonly excluded: number;
  };
  readonly targets: readonly TargetSummary[];
  /** Whose field names the pack of each target asks for, and where it looks. */
  readonly madeFor: readonly MadeFor[];
  readonly artifacts: readonly ArtifactSummary[];
  readonly milliseconds: number;
}

export interface TargetSummary {
  readonly target: string;
  readonly compiled: number;
  /** Of the compiled ones, those switched on at installation. */
  readonly enabled: number;
  readonly skipped: readonly { readonly code: DiagnosticCode; readonly count: number }[];
  readonly load: TargetLoad;
}

export interface ArtifactSummary {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** How many rules a target skipped for each reason; the most frequent first. */
export function countSkipped(codes: Iterable<DiagnosticCode>): TargetSummary['skipped'] {
  const counts = new Map<DiagnosticCode, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

/** The table at the end of a build. */
export function formatSummary(
  summary: BuildSummary,
  diagnostics: readonly Diagnostic[],
  paint: Paint,
  verbose: boolean,
): string {
  const { title, version, files, rules, targets, artifacts } = summary;
  const parts = [`${countedText(rules.read, 'rule')} read from ${countedText(files, 'file')}`];
  if (rules.invalid > 0)
    parts.push(paint('red', `${countedText(rules.invalid, 'document')} invalid`));
  if (rules.excluded > 0) parts.push(`${numberText(rules.excluded)} left out by select`);
  const sections = [
    `${paint('bold', `${visible(title)} ${visible(version)}`)}\n${parts.join(', ')}`,
    table(['target', 'compiled', 'enabled', 'skipped'], targets.map(targetRow), paint, [1, 2, 3]),
    targets.length > 0 || diagnostics.some(({ code }) => code === 'PIP012')
      ? ''
      : 'compiled for no target: -p chooses one with its field names, as in `-p splunk`',
    table(['target', 'made for'], summary.madeFor.flatMap(madeForRows), paint, []),
    ...targets
      .filter((target) => target.skipped.length > 0)
      .map((target) => reasons(target, paint)),
    targets
      .flatMap(({ target, load }) => [
        loadText(target, load),
        ...(load.grouped ? [`  ${groupedText(load.grouped)}`] : []),
        ...leftOffLines(target, load.leftOff, {
          names: verbose,
          roomier: load.roomier,
        }),
      ])
      .join('\n'),
  ];
  sections.push(table(['artifact', 'size'], artifacts.map(artifactRow), paint, [1]));
  sections.push(closing(summary, diagnostics, paint));
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function madeForRows(made: MadeFor): readonly (readonly string[])[] {
  const indent = Math.max('target'.length, made.target.length) + 2;
  return wrapped(visible(madeForText(made)), lineWidth - indent).map((line, at) => [
    at === 0 ? made.target : '',
    line,
  ]);
}

const skippedOf = ({ skipped }: TargetSummary): number =>
  skipped.reduce((sum, one) => sum + one.count, 0);

function targetRow(target: TargetSummary): readonly string[] {
  return [
    target.target,
    numberText(target.compiled),
    numberText(target.enabled),
    numberText(skippedOf(target)),
  ];
}

function reasons(target: TargetSummary, paint: Paint): string {
  const rows = target.skipped.map(({ code, count }) => [
    numberText(count),
    code,
    codeCatalogue[code].title,
  ]);
  return table([`${visible(target.target)} skipped`, 'code', 'reason'], rows, paint, [0]);
}

/** Without the digest, which is too long for a line; manifest.json and SHA256SUMS have it. */
function artifactRow({ path, size }: ArtifactSummary): readonly string[] {
  return [path, formatSize(size)];
}

function closing(
  { milliseconds }: BuildSummary,
  diagnostics: readonly Diagnostic[],
  paint: Paint,
): string {
  const { errors, warnings, infos } = countSeverities(diagnostics);
  const errorText = paint(errors > 0 ? 'red' : 'green', countedText(errors, 'error'));
  const warningText =
    warnings > 0 ? paint('yellow', countedText(warnings, 'warning')) : countedText(0, 'warning');
  const infoText = infos > 0 ? `, ${countedText(infos, 'note')}` : '';
  return `${errorText}, ${warningText}${infoText} in ${(milliseconds / 1000).toFixed(1)} s`;
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
  rightAligned: readonly number[],
): string {
  if (rows.length === 0) return '';
  const shown = rows.map((row) => row.map(visible));
  const widths = head.map((name, at) =>
    Math.max(name.length, ...shown.map((row) => cells(row[at] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, at) => {
        const padding = ' '.repeat(Math.max(0, (widths[at] ?? 0) - cells(text)));
        return rightAligned.includes(at) ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  return [paint('dim', line(head)), ...shown.map(line)].join('\n');
}

/** Bytes as a person reads them: `812 B`, `1.4 MiB`. */
function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
