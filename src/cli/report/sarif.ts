import { urlPart } from '../../source/char-escape.ts';
import { codeCatalogue, type DiagnosticCode } from '../../source/code/catalogue.ts';
import type { Diagnostic, Severity } from '../../source/diagnostic.ts';
import { pageUri } from '../../source/documentation.ts';
import { visibleJson } from '../../source/visible.ts';
import { placeOf, type Report } from './context.ts';

const levels = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  off: 'none',
} as const satisfies Record<Severity, string>;
const codes = Object.keys(codeCatalogue).filter(
  (code): code is DiagnosticCode => code in codeCatalogue,
);

/** SARIF 2.1.0 with every code as a rule. */
export const reportSarif: Report = (diagnostics, { toolVersion }) => {
  const driver = { name: 'Sigpack', version: toolVersion, rules: codes.map(rule) };
  const run = { tool: { driver }, columnKind: 'utf16CodeUnits', results: diagnostics.map(result) };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return `${visibleJson(JSON.stringify(log, undefined, 2))}\n`;
};

function rule(id: DiagnosticCode) {
  const { title, severity, hint } = codeCatalogue[id];
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${hint}` },
    helpUri: pageUri(id),
    help: { text: hint },
    defaultConfiguration: { level: levels[severity] },
  };
}

function result(diagnostic: Diagnostic) {
  const { code, severity, message, hint, file, target } = diagnostic;
  const { line, column, endLine, endColumn } = placeOf(diagnostic);
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: levels[severity],
    message: { text: hint === '' ? message : `${message}\n${hint}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file.path) }, region } }],
    ...(target === undefined ? {} : { properties: { target } }),
  };
}

/** Relative URI reference, or a file URI for an absolute path. */
function uriOf(path: string): string {
  const encoded = path.split('/').map(urlPart).join('/');
  if (path.startsWith('/')) return `file://${encoded}`;
  return /^[A-Za-z]:\//.test(path) ? `file:///${encoded.replace('%3A', ':')}` : encoded;
}
