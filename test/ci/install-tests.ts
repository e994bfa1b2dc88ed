/** Tests of many processes, disks and servers: more than fits into a minute beside the others. `npm run test:install` runs them, and CI with every fault. */
export const installTests = [
  'install-*.test.ts',
  'two-at-once.test.ts',
  'init-ci.test.ts',
  'init-choices.test.ts',
  'init-terminal.test.ts',
  'github-action.test.ts',
  'release.test.ts',
  'terminal-lines.test.ts',
];
