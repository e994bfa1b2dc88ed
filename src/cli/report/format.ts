import type { Report } from './context.ts';
import type { ReportFormat } from './format-names.ts';
import { reportGithub } from './github.ts';
import { reportJson } from './json.ts';
import { reportJunit } from './junit.ts';
import { reportSarif } from './sarif.ts';
import { reportText } from './text.ts';

/** One report per format. */
export const reports = {
  text: reportText,
  json: reportJson,
  sarif: reportSarif,
  github: reportGithub,
  junit: reportJunit,
} as const satisfies Record<ReportFormat, Report>;
