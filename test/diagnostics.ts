import { quickFixes } from '../src/editor/quick-fix.ts';
import { edited } from '../src/editor/text-edit.ts';
import type { Item, Query, Test } from '../src/query/tree.ts';
import { ANY, isPlaceholder, ONE, type Pattern } from '../src/sigma/value/pattern.ts';
import { createBag, type Diagnostic, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { positionAt } from '../src/source/span.ts';
import { compileText, detectionOf, ruleText } from './compile.ts';

/** `CODE line:column message` of each diagnostic, in the order made. */
export function told(bag: DiagnosticBag): readonly string[] {
  return bag.list.map(({ code, message, file, span }) => {
    const { line, column } = positionAt(file, span.start);
    return `${code} ${line}:${column} ${message}`;
  });
}

/** `line:column severity CODE message` of a diagnostic. */
export function placed({ code, severity, message, file, span }: Diagnostic): string {
  const { line, column } = positionAt(file, span.start);
  return `${line}:${column} ${severity} ${code} ${message}`;
}

/** `CODE "marked text"` of each diagnostic: what the carets stand under. */
export function marked(bag: DiagnosticBag): readonly string[] {
  return bag.list.map(
    ({ code, file, span }) => `${code} ${JSON.stringify(file.text.slice(span.start, span.end))}`,
  );
}

/** A diagnostic about a part of a line, as JSON reports have it. */
export interface ReportedDiagnostic extends Pick<Diagnostic, 'code' | 'severity' | 'message'> {
  readonly hint: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** What a reported diagnostic marks in a text, and the text after its fix, if it has one. */
export function fixedBy(
  { file: path, line, column, endColumn, ...reported }: ReportedDiagnostic,
  text: string,
): { readonly marked: string; readonly fixed: string | undefined } {
  const before = text.split('\n').slice(0, line - 1);
  const start = before.map((one) => `${one}\n`).join('').length + column - 1;
  const span = { start, end: start + endColumn - column };
  const [fix] = quickFixes({ ...reported, file: { path, text }, span }, () => '');
  return { marked: text.slice(span.start, span.end), fixed: fix && edited(text, fix.edits) };
}

/** Diagnostics about a text of one or more documents. */
export function diagnosticsOf(text: string): DiagnosticBag {
  const bag = createBag();
  compileText(text, bag);
  return bag;
}

/** Diagnostics about the lines of a `detection:`, which start at line 7, column 3 of the rule. */
export const detectionDiagnostics = (detection: string): DiagnosticBag =>
  diagnosticsOf(ruleText(detection));

/** The query of one selection, given by its lines. */
export function selectionQuery(
  lines: string,
  placeholders?: ReadonlyMap<string, readonly Pattern[]>,
): Query {
  const indented = lines
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return detectionOf(`selection:\n${indented}\ncondition: selection`, createBag(), placeholders)
    .query;
}

/**
 * A query as text: `and(...)`, `or(...)`, `not(...)`, `field=test`; literals stand in `‹›`,
 * wildcards outside of them.
 */
export function queryText(query: Query): string {
  switch (query.kind) {
    case 'and':
    case 'or':
      return `${query.kind}(${query.operands.map(queryText).join(', ')})`;
    case 'not':
      return `not(${queryText(query.operand)})`;
    case 'item':
      return itemText(query);
  }
}

function itemText({ field, test }: Item): string {
  return `${field ?? '<keyword>'}${testText(test)}`;
}

function testText(test: Test): string {
  switch (test.kind) {
    case 'string':
      return `${test.cased ? '==' : '='}${partsText(test.pattern)}`;
    case 'number':
    case 'boolean':
      return `=${String(test.value)}:${typeof test.value}`;
    case 'null':
      return '=null';
    case 'exists':
      return ' exists';
    case 'regex':
      return `=/${test.source}/${test.ignoreCase ? 'i' : ''}${test.multiline ? 'm' : ''}${test.dotAll ? 's' : ''}`;
    case 'cidr':
      return ` in ${test.text}`;
    case 'compare':
      return ` ${test.operator} ${String(test.value)}:${typeof test.value}`;
    case 'field':
      return ` ${test.relation} ${test.cased ? 'cased ' : ''}field ${test.other}`;
    case 'time':
      return ` ${test.part} ${test.operator} ${test.value}`;
    case 'expression':
      return ` expression ${test.expression} of ${test.id}`;
  }
}

export function partsText(pattern: Pattern): string {
  if (pattern.length === 0) return '‹›';
  return pattern
    .map((part) =>
      part === ANY
        ? '*'
        : part === ONE
          ? '?'
          : isPlaceholder(part)
            ? `%${part.placeholder}%`
            : `‹${part}›`,
    )
    .join('');
}
