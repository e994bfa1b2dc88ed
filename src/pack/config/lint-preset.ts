/** Sets of checks, each with those of the ones before it. */
export const lintPresets = ['none', 'default', 'pysigma', 'sigmahq'] as const;
export type LintPreset = (typeof lintPresets)[number];
