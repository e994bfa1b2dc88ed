import { codeCatalogue } from '../../source/code/catalogue.ts';
import type { Diagnostic } from '../../source/diagnostic.ts';
import { visible } from '../../source/visible.ts';
import { placeOf, type Report } from './context.ts';

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const satisfies Record<
  Diagnostic['severity'],
  string
>;

/** Workflow commands of GitHub Actions, one line per diagnostic. */
export const reportGithub: Report = (diagnostics) =>
  diagnostics.map((diagnostic) => `${command(diagnostic)}\n`).join('');

function command(diagnostic: Diagnostic): string {
  const { code, severity, message, hint, file, target } = diagnostic;
  const { line, column, endLine, endColumn } = placeOf(diagnostic);
  const properties: [string, string | number][] = [
    ['file', file.path],
    ['line', line],
    ['endLine', endLine],
    ['col', column],
  ];
  // GitHub wants an end column only within one line
  if (line === endLine) properties.push(['endColumn', endColumn]);
  properties.push([
    'title',
    `${code}${target === undefined ? '' : ` (${target})`} ${codeCatalogue[code].title}`,
  ]);
  const text =
    hint === ''
      ? commandData(message)
      : `${commandData(message)}%0A${commandData(`Hint: ${hint}`)}`;
  const named = properties.map(([name, value]) => `${name}=${commandProperty(String(value))}`);
  return `::${commands[severity]} ${named.join(',')}::${text}`;
}

/**
 * `%` first, else the escapes themselves would be escaped; line breaks are visible characters by
 * then.
 */
export const commandData = (text: string): string => visible(text).replaceAll('%', '%25');
export const commandProperty = (text: string): string =>
  commandData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
