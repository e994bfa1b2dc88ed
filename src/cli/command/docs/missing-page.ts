import type { Render } from '../../../pack/render/template.ts';
import { compareDiagnostics, type Diagnostic } from '../../../source/diagnostic.ts';
import { unpainted } from '../../report/context.ts';
import { reportText } from '../../report/text.ts';

/** The script of a served site that loads a page again when the site has changed. */
export const changesScript = '/changes.js';

/** More errors than this hide the first one. */
const shownErrors = 20;

/**
 * What is shown for a page that the site does not have, with the errors, since a rule with an error
 * has no page. Its script waits for the page. Throws `TemplateError`.
 */
export const missingPage = (diagnostics: readonly Diagnostic[], render: Render): string =>
  render('docs/missing.html.hbs', { errors: errorsIn(diagnostics), script: changesScript });

/** The errors of a run, as a terminal shows them. */
function errorsIn(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return reportText(errors.sort(compareDiagnostics).slice(0, shownErrors), {
    toolVersion: '',
    paint: unpainted,
    width: 100,
    failOn: 'error',
  });
}
