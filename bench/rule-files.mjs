import { findFiles } from '../dist/modules/cli/files/find-files.js';
import { isRuleFile } from '../dist/modules/cli/files/rule-files.js';

/** The rule files of paths, as the command line finds them. */
export const findRuleFiles = (paths, bag) =>
  findFiles(
    {
      lists: [{ entries: paths }],
      home: process.cwd(),
      configuration: { path: 'sigpack.yml', text: '' },
    },
    isRuleFile,
    bag,
  ).map(({ path }) => path);
