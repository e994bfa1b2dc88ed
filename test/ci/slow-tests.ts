/**
 * Tests of many processes, disks and servers, and of bounds on work: more than fits into a minute
 * beside the others. `npm run test:slow` runs them, and CI with every fault.
 */
export const slowTests = [
  'install-*.test.ts',
  'pipeline-bounds.test.ts',
  'correlation-day.test.ts',
  'fuzz.test.ts',
  'malformed-*.test.ts',
  'interrupted-release.test.ts',
  'process-lock.test.ts',
  'corpus-script.test.ts',
  'yaml-bounds.test.ts',
  'two-at-once.test.ts',
  'init-ci.test.ts',
  'init-choices.test.ts',
  'init-terminal.test.ts',
  'github-action.test.ts',
  'release*.test.ts',
  'ci-steps.test.ts',
  'terminal-lines.test.ts',
  'docs-commands.test.ts',
  'docs-serve.test.ts',
  'tutorials.test.ts',
  'graylog-pipeline-property.test.ts',
  'grouped-hostile.test.ts',
  'core.test.ts',
  'graylog-pipeline-rules.test.ts',
  'splunk-grouped.test.ts',
  'package.test.ts',
  'index-examples.test.ts',
  'plugin.test.ts',
  'killed-runs.test.ts',
  'same-bytes.test.ts',
  'grouped-upgrade.test.ts',
  'lsp.test.ts',
  'lsp-life.test.ts',
  'npm-sigpack.test.ts',
  'pipelines-cli.test.ts',
  'named-fields.test.ts',
  'sound-pack.test.ts',
  'starter-pack.test.ts',
  'choice.test.ts',
  'habits.test.ts',
  'unheard-settings.test.ts',
];

/** Whether a file in `test/` is one of them. */
export const isSlow = (name: string): boolean =>
  slowTests.some((pattern) => name.startsWith(pattern.split('*', 1).join('')));
