// apart from the reports, so that `--help` does not load them

/** Values of `--format` of reports of diagnostics. */
export const reportFormats = ['text', 'json', 'sarif', 'github', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Values of `--format` of `sigpack test`. */
export const testFormats = ['text', 'json', 'github', 'junit'] as const;
export type TestFormat = (typeof testFormats)[number];
