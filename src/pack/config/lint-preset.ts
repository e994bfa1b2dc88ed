/** Sets of checks; each includes those before it. */
export const lintPresets = ['none', 'default', 'pysigma', 'sigmahq'] as const;
export type LintPreset = (typeof lintPresets)[number];
