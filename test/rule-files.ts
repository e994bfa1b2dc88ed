import { findFiles } from '../src/cli/files/find-files.ts';
import { givenList, type PathLists } from '../src/cli/files/path-list.ts';
import { isRuleFile } from '../src/cli/files/rule-files.ts';
import type { DiagnosticBag } from '../src/source/diagnostic.ts';

/** Paths of a command line, without a project. */
export const pathLists = (paths: readonly string[]): PathLists => ({
  lists: [givenList(paths)],
  home: process.cwd(),
  configuration: { path: 'sigpack.yml', text: '' },
});

/** The rule files of paths, as the command line finds them. */
export const findRuleFiles = (paths: readonly string[], bag: DiagnosticBag): readonly string[] =>
  findFiles(pathLists(paths), isRuleFile, bag).map(({ path }) => path);
