/** The command that runs test files of some projects; options of Vitest go among the files. */
export const vitest = (
  projects: readonly string[],
  ...files: readonly string[]
): readonly [string, ...string[]] => [
  process.execPath,
  'node_modules/vitest/vitest.mjs',
  'run',
  ...projects.flatMap((project) => ['--project', project]),
  ...files,
];
