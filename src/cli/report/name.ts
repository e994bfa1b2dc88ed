/** Values of `--format`; apart from the reports, so that `--help` need not load them. */
export const reportFormats = ['text', 'json', 'sarif', 'github', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];
