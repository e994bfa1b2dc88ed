import type { Collection } from '../../sigma/collection/collection.ts';
import { isFatal } from '../../source/diagnostic.ts';
import { CommandError } from '../error/command-error.ts';
import { loadRules } from './load.ts';
import { type Project, rulePaths } from './project.ts';

/**
 * The rules that the command line names. Throws a CommandError where its paths can be read and
 * contain no rule.
 */
export function loadGivenRules(
  project: Project,
  paths: readonly string[],
): { readonly collection: Collection } {
  const { bag, terminal } = project;
  const { collection, files } = loadRules(rulePaths(project, paths), bag, terminal);
  if (files > 0 || bag.list.some(isFatal)) return { collection };
  throw new CommandError(
    `there is no rule in ${paths.join(', ')}; rules are files that end in .yml or .yaml`,
  );
}
