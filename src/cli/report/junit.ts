import type { Diagnostic } from '../../source/diagnostic.ts';
import { visible } from '../../source/visible.ts';
import { isFailure, placeOf, type Report, type ReportContext } from './context.ts';

/**
 * JUnit XML: a suite per file, a case per diagnostic. Diagnostics that don't fail the run are
 * passed cases with output.
 */
export const reportJunit: Report = (diagnostics, { failOn }) => {
  const suites = [...Map.groupBy(diagnostics, ({ file }) => file.path)].map(([path, list]) =>
    suite(path, list, failOn),
  );
  // CI systems take a report without a case for an error
  if (suites.length === 0) suites.push(emptySuite);
  const failures = diagnostics.filter((diagnostic) => isFailure(diagnostic, failOn)).length;
  const tests = Math.max(1, diagnostics.length);
  const head = `<testsuites name="sigpack" tests="${tests}" failures="${failures}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.join('\n')}\n</testsuites>\n`;
};

const emptySuite = `  <testsuite name="sigpack" tests="1" failures="0">
    <testcase classname="sigpack" name="no diagnostics"/>
  </testsuite>`;

function suite(
  path: string,
  diagnostics: readonly Diagnostic[],
  failOn: ReportContext['failOn'],
): string {
  const failures = diagnostics.filter((diagnostic) => isFailure(diagnostic, failOn)).length;
  const cases = diagnostics.map((diagnostic) => testCase(diagnostic, failOn)).join('\n');
  const counts = `tests="${diagnostics.length}" failures="${failures}"`;
  return `  <testsuite name="${xmlText(path)}" ${counts}>\n${cases}\n  </testsuite>`;
}

function testCase(diagnostic: Diagnostic, failOn: ReportContext['failOn']): string {
  const { code, severity, message, hint, file, target } = diagnostic;
  const { line, column } = placeOf(diagnostic);
  const place = `${file.path}:${line}:${column}`;
  const name = `${code} ${line}:${column}${target === undefined ? '' : ` ${target}`}`;
  const body = xmlText(`${place}: ${severity}[${code}]: ${message} (${hint})`);
  const outcome = isFailure(diagnostic, failOn)
    ? `<failure type="${code}" message="${xmlText(message)}">${body}</failure>`
    : `<system-out>${body}</system-out>`;
  const head = `<testcase classname="${xmlText(file.path)}" name="${xmlText(name)}">`;
  return `    ${head}${outcome}</testcase>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/**
 * Control characters and lone surrogates, which XML can't hold, are visible characters by then;
 * U+FFFE and U+FFFF are left to replace.
 */
export function xmlText(text: string): string {
  return visible(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (char) => entities[char] ?? '');
}
