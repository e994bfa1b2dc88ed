/** Values of `--reporter`; apart from the reports, so that `--help` need not load them. */
export const testReporters = ['tree', 'junit', 'json', 'github'] as const;
export type TestReporter = (typeof testReporters)[number];
