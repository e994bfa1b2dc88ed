import { compareDiagnostics, type Diagnostic } from '../../../source/diagnostic.ts';
import { unpainted } from '../../report/context.ts';
import { xmlText } from '../../report/junit.ts';
import { reportText } from '../../report/text.ts';

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  'img-src data:',
].join('; ');
export const styleSheet = '/site.css';

/** More errors than this hide the first one. */
const shownErrors = 20;

/** The errors of a run, as a terminal shows them. */
export function errorsIn(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return reportText(errors.sort(compareDiagnostics).slice(0, shownErrors), {
    toolVersion: '',
    paint: unpainted,
    width: 100,
    failOn: 'error',
  });
}

/**
 * What is shown for a page that the site does not have, with the errors, since a rule with an error
 * has no page. It loads `script`, which waits for the page.
 */
export function missingPage(errors: string, script: string): string {
  const because =
    errors === ''
      ? ''
      : `<p>A rule with an error has no page:</p>\n<pre>${escaped(errors)}</pre>\n`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>No such page</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${styleSheet}">
<script src="${script}"></script>
</head>
<body>
<main>
<h1>No such page</h1>
${because}<p>It opens here as soon as the site has it. <a href="/index.html">All rules</a></p>
</main>
</body>
</html>
`;
}

const escaped = (text: string): string => text.split('\n').map(xmlText).join('\n');
