import { joinStages } from '../splunk.ts';
import { type GroupedRule, ruleColumn } from './grouped-rule.ts';
import { stableParts } from './parts.ts';
import { superset } from './superset.ts';

/** What follows the rows of a grouped search, of which each is an event and one of its rules. */
export interface GroupedTail {
  /**
   * Fields that the commands need, as the search stage spells them: the others are dropped before
   * rows are multiplied. Undefined: all are kept.
   */
  readonly fields: readonly string[] | undefined;
  /** Exclusions, macros, `stats` and lookups, in their order. */
  readonly commands: readonly string[];
}

export interface GroupedOptions<Rule extends GroupedRule> {
  /** What the search begins with, such as an index macro in backticks. */
  readonly scope: string;
  /** UTF-8 bytes of a search. A rule that is longer by itself is refused. */
  readonly maxBytes: number;
  /** Number of rules of a search. */
  readonly maxRules: number;
  readonly tailOf: (rules: readonly Rule[]) => GroupedTail;
}

/** A search that finds what each of its rules means: a row has the id of its rule. */
export interface GroupedSearch<Rule extends GroupedRule> {
  /**
   * Distinguishes the searches of a group: empty, or digits 0 and 1 of which the last is 1. A rule
   * that is added splits one search at most, and one of the two parts keeps the name.
   */
  readonly part: string;
  readonly text: string;
  /** Sorted by id. */
  readonly rules: readonly Rule[];
}

export interface GroupedSearches<Rule extends GroupedRule> {
  readonly searches: readonly GroupedSearch<Rule>[];
  /** Rules that keep a search of their own: they alone are longer than a search may be. */
  readonly tooLong: readonly Rule[];
}

/**
 * Searches that each evaluate many rules: a search stage that lets through all that one of them
 * means, the exact condition of each, and a row for each event and rule.
 *
 * @param rules - With ids that differ; their order does not matter.
 */
export function groupedSearches<Rule extends GroupedRule>(
  rules: readonly Rule[],
  options: GroupedOptions<Rule>,
): GroupedSearches<Rule> {
  const { maxBytes, maxRules } = options;
  const fits = (part: readonly Rule[]): string | undefined => {
    if (part.length > maxRules || leastLength(part) > maxBytes) return undefined;
    const text = groupedText(part, options);
    return Buffer.byteLength(text) > maxBytes ? undefined : text;
  };
  const tooLong = rules.filter((rule) => fits([rule]) === undefined);
  const parts = stableParts(without(rules, tooLong), (part) => {
    const text = fits(part);
    return text === undefined ? undefined : { text, rules: part };
  });
  const searches = [...parts].map(([part, made]) => ({ part, ...made }));
  return { searches: searches.sort((one, other) => (one.part < other.part ? -1 : 1)), tooLong };
}

function without<T>(list: readonly T[], left: readonly T[]): readonly T[] {
  const out = new Set(left);
  return out.size === 0 ? list : list.filter((one) => !out.has(one));
}

const leastLength = (rules: readonly GroupedRule[]): number =>
  rules.reduce((sum, { condition }) => sum + condition.length, 0);

function groupedText<Rule extends GroupedRule>(
  rules: readonly Rule[],
  { scope, tailOf }: GroupedOptions<Rule>,
): string {
  const { fields, commands } = tailOf(rules);
  return [
    joinStages({ search: superset(rules), where: '' }, scope),
    ...ruleCommands(rules),
    ...(fields === undefined ? [] : onlyFields(fields)),
    `makemv delim=" " ${ruleColumn}`,
    `mvexpand ${ruleColumn}`,
    ...commands,
  ].join(' | ');
}

/** Number of conditions in an `eval`: operators in a chain are read as nested. */
const mostInEval = 50;

/**
 * The ids of all rules that are true of the event, a blank after each. Texts, because Splunk's
 * manual does not say what `mvappend` does with null.
 */
function ruleCommands(rules: readonly GroupedRule[]): readonly string[] {
  const commands: string[] = [];
  for (let at = 0; at < rules.length; at += mostInEval) {
    const hits = rules.slice(at, at + mostInEval).map(hitOf);
    const all = at === 0 ? hits : [ruleColumn, ...hits];
    commands.push(`eval ${ruleColumn}=${all.join(' . ')}`);
  }
  return [...commands, `where ${ruleColumn}!=""`];
}

/** `if` takes null for false: a null condition is not a hit, a null exclusion excludes nothing. */
function hitOf({ id, condition, exclusion }: GroupedRule): string {
  const hit = exclusion === undefined ? `"${id} "` : `if(${exclusion}, "", "${id} ")`;
  return `if(${condition}, ${hit}, "")`;
}

const inHit = /, "", "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) "\)/gi;

/** The ids of the rules of a grouped search, each of which has an exclusion. */
export const ruleIdsIn = (search: string): readonly string[] =>
  [...search.matchAll(inHit)].map(([, id = '']) => id);

const onlyFields = (fields: readonly string[]): readonly string[] => [
  `fields ${[...new Set([ruleColumn, ...fields])].join(', ')}`,
  'fields - _raw',
];
