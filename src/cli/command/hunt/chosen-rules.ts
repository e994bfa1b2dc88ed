import type { PackConfig } from '../../../pack/config/config.ts';
import type { Collection, Rule } from '../../../sigma/collection/collection.ts';
import { isFatal } from '../../../source/diagnostic.ts';
import { nearest } from '../../../source/nearest.ts';
import { CommandError } from '../../error/command-error.ts';
import { statsOf } from '../../files/path-stats.ts';
import { loadGivenRules } from '../../project/given-rules.ts';
import { loadRules } from '../../project/load.ts';
import { type Project, rulePaths } from '../../project/project.ts';
import { packFacts } from './pack-facts.ts';

export interface ChosenRules {
  readonly collection: Collection;
  readonly rules: readonly Rule[];
  /** What is left out of them: detection rules that only serve a correlation. */
  readonly serving: readonly Rule[];
}

/**
 * The rules that words name: paths say where to look, other words are ids, titles, or names in the
 * pack. Without such words, rules that only serve a correlation are left out. Throws a CommandError
 * where a word names nothing.
 */
export function chosenRules(project: Project, words: readonly string[]): ChosenRules {
  const { bag, terminal } = project;
  const paths = words.filter(isPath);
  const names = words.filter((word) => !isPath(word));
  const { collection } =
    paths.length > 0
      ? loadGivenRules(project, paths)
      : loadRules(rulePaths(project), bag, terminal);
  if (names.length === 0) {
    const rules = collection.rules.filter((rule) => collection.standsAlone(rule));
    const serving = collection.rules.filter(
      (rule) => rule.kind === 'detection' && !collection.standsAlone(rule),
    );
    return { collection, rules, serving };
  }
  const { config } = project.loaded;
  const rules = new Set<Rule>();
  for (const name of names) {
    const found = collection.rules.filter((rule) => isNamed(rule, name, config));
    if (found.length === 0 && !bag.list.some(isFatal)) throw unknown(name, collection);
    for (const rule of found) rules.add(rule);
  }
  return { collection, rules: collection.rules.filter((rule) => rules.has(rule)), serving: [] };
}

const isPath = (word: string): boolean => statsOf(word) !== undefined || /\.ya?ml$/i.test(word);

function isNamed(rule: Rule, word: string, config: PackConfig): boolean {
  const isWord = (known: string | undefined): boolean =>
    known?.toLowerCase() === word.toLowerCase();
  if (isWord(rule.id) || isWord(rule.title)) return true;
  const { name } = packFacts(config, rule) ?? {};
  return name !== undefined && (isWord(name) || isWord(config.namePrefix + name));
}

/** Titles that a word is compared with. */
const mostTitles = 500;

function unknown(name: string, { rules }: Collection): CommandError {
  const near = nearest(
    name,
    rules.slice(0, mostTitles).map(({ title }) => title),
  );
  return new CommandError(
    `there is no rule with the id, title or name ${JSON.stringify(name)}, nor a path` +
      `${near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`}`,
  );
}
