import type { Diagnostic } from '../../source/diagnostic.ts';
import { pageOf } from '../../source/documentation.ts';
import { visibleJson } from '../../source/visible.ts';
import { countSeverities, placeOf, type Report } from './context.ts';

/**
 * `{version: 1, configuration?, summary: {errors, warnings, infos, build?}, diagnostics: [...]}`;
 * lines and columns from 1, the end is exclusive.
 */
export const reportJson: Report = (diagnostics, { summary, configuration }) => {
  const counts = countSeverities(diagnostics);
  const report = {
    version: 1,
    ...(configuration === undefined ? {} : { configuration }),
    summary: summary ? { ...counts, build: summary } : counts,
    diagnostics: diagnostics.map(plainDiagnostic),
  };
  return `${visibleJson(JSON.stringify(report, undefined, 2))}\n`;
};

export function plainDiagnostic(diagnostic: Diagnostic) {
  const { code, severity, message, hint, file, target } = diagnostic;
  return {
    code,
    severity,
    message,
    hint,
    url: pageOf(code),
    file: file.path,
    ...placeOf(diagnostic),
    ...(target === undefined ? {} : { target }),
  };
}
