/**
 * Values of `--format` of `sigpack test`; apart from the reports, so that `--help` need not load
 * them.
 */
export const testFormats = ['text', 'json', 'github', 'junit'] as const;
export type TestFormat = (typeof testFormats)[number];
