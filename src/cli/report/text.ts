import type { Diagnostic } from '../../source/diagnostic.ts';
import { pageOf } from '../../source/documentation.ts';
import { lineText } from '../../source/span.ts';
import { visible } from '../../source/visible.ts';
import { cells, fitting } from './cells.ts';
import { placeOf, type Report, type ReportContext, type Style } from './context.ts';

const severityStyles = { error: 'red', warning: 'yellow', info: 'cyan' } as const satisfies Record<
  Diagnostic['severity'],
  Style
>;
const tabStop = '    ';
/** More carets than this add nothing. */
const longestMark = 60;

/** As text: place, message, the source line with carets, hint. */
export const reportText: Report = (diagnostics, context) =>
  diagnostics.map((diagnostic) => `${block(diagnostic, context)}\n`).join('\n');

function block(diagnostic: Diagnostic, context: ReportContext): string {
  const { paint, links = false } = context;
  const { code, severity, file, message, hint, target } = diagnostic;
  const { line, column } = placeOf(diagnostic);
  // a file that is not there, a folder and an empty file have no lines
  const at = file.text === '' ? '' : `:${line}:${column}`;
  const place = paint('bold', `${visible(file.path)}${at}`);
  const lines = [
    `${place}: ${paint(severityStyles[severity], `${severity}[${code}]`)}: ${visible(message)}`,
  ];
  lines.push(...frame(diagnostic, context));
  if (target !== undefined) lines.push(`  ${paint('dim', '= target:')} ${visible(target)}`);
  if (hint !== '') lines.push(`  ${paint('dim', '= hint:')} ${visible(hint)}`);
  if (links) lines.push(`  ${paint('dim', '= see:')} ${pageOf(code)}`);
  return lines.join('\n');
}

/**
 * The source line and the carets under the span, in at most `width` cells; nothing for a line
 * without text, and for an empty span at the start, which is the file as a whole.
 */
function frame(diagnostic: Diagnostic, { paint, width }: ReportContext): readonly string[] {
  const { file, span, severity } = diagnostic;
  const { line, column } = placeOf(diagnostic);
  const text = lineText(file, line);
  if (text.trim() === '' || span.end === 0) return [];
  const start = Math.min(column - 1, text.length);
  const end = Math.min(text.length, start + Math.max(0, span.end - span.start));
  const gutter = ` ${line} `;
  const { before, marked, after } = cut(text, start, end, Math.max(20, width - gutter.length - 2));
  const bar = paint('blue', '|');
  const carets = paint(severityStyles[severity], '^'.repeat(Math.max(1, cells(marked))));
  return [
    `${paint('blue', gutter)}${bar} ${before}${marked}${after}`,
    `${' '.repeat(gutter.length)}${bar} ${' '.repeat(cells(before))}${carets}`,
  ];
}

interface Window {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/**
 * A line in three parts around its span, shortened with `…` to `room` cells; only characters near
 * the span are looked at.
 */
function cut(text: string, start: number, end: number, room: number): Window {
  const markRoom = Math.min(room - 2, longestMark);
  const marked = headOf(
    text.slice(start, Math.min(end, start + markRoom + 1)),
    markRoom,
    end - start > markRoom + 1,
  );
  const rest = Math.max(0, room - cells(marked));
  const beforeAll = start <= rest ? show(text.slice(0, start)) : undefined;
  const followed = end < text.length && !marked.endsWith('…');
  const afterRoom =
    beforeAll !== undefined && cells(beforeAll) <= rest
      ? rest - cells(beforeAll)
      : Math.ceil(rest / 2);
  const after = followed
    ? headOf(text.slice(end, end + afterRoom + 1), afterRoom, text.length - end > afterRoom + 1)
    : '';
  const beforeRoom = rest - cells(after);
  const before =
    beforeAll !== undefined && cells(beforeAll) <= beforeRoom
      ? beforeAll
      : tailOf(text.slice(Math.max(0, start - beforeRoom), start), beforeRoom);
  return { before, marked, after };
}

const show = (text: string): string => visible(text.replaceAll('\t', tabStop));

/** The start of a text; `…` where characters are left out. */
function headOf(text: string, room: number, more: boolean): string {
  const shown = show(text);
  if (!more && cells(shown) <= room) return shown;
  return room < 1 ? '' : `${fitting(shown, room - 1)}…`;
}

/** The end of a text, after `…`. */
function tailOf(text: string, room: number): string {
  return room < 1 ? '' : `…${backwards(fitting(backwards(show(text)), room - 1))}`;
}

const backwards = (text: string): string => Array.from(text).reverse().join('');
