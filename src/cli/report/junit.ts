import type { Diagnostic } from '../../source/diagnostic.ts';
import { visible } from '../../source/visible.ts';
import { isFailure, placeOf, type Report, type ReportContext } from './context.ts';

/**
 * JUnit XML: a suite per file, a case per diagnostic. Diagnostics that don't fail the run are
 * passed cases with output.
 */
export const reportJunit: Report = (diagnostics, { failOn }) => {
  const suites = [...byFile(diagnostics)].map(([path, list]) => suite(path, list, failOn));
  // CI systems take a report without a case for an error
  if (suites.length === 0)
    suites.push(
      '  <testsuite name="sigpack" tests="1" failures="0">\n    <testcase ' +
        'classname="sigpack" name="no diagnostics"/>\n  </testsuite>',
    );
  const failures = diagnostics.filter((diagnostic) => isFailure(diagnostic, failOn)).length;
  const head =
    `<testsuites name="sigpack" tests="${Math.max(1, diagnostics.length)}" failures="` +
    `${failures}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.join('\n')}\n</testsuites>\n`;
};

function byFile(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const files = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const list = files.get(diagnostic.file.path);
    if (list) list.push(diagnostic);
    else files.set(diagnostic.file.path, [diagnostic]);
  }
  return files;
}

function suite(
  path: string,
  diagnostics: readonly Diagnostic[],
  failOn: ReportContext['failOn'],
): string {
  const failures = diagnostics.filter((diagnostic) => isFailure(diagnostic, failOn)).length;
  const cases = diagnostics.map((diagnostic) => testCase(diagnostic, failOn)).join('\n');
  return (
    `  <testsuite name="${xmlText(path)}" tests="${diagnostics.length}" failures="` +
    `${failures}">\n${cases}\n  </testsuite>`
  );
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
  return (
    `    <testcase classname="${xmlText(file.path)}" name="${xmlText(name)}">` +
    `${outcome}</testcase>`
  );
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
