import type { TargetDiagnostic } from '../../backend.ts';
import type { GroupedRule } from './grouped-rule.ts';

/** The column that has the id of the rule: the one that a row is a hit of. */
export const ruleColumn = 'sigma_rule';

/** What follows the rows of a grouped search, of which each is an event and one of its rules. */
export interface GroupedTail {
  /**
   * Fields that the commands need: the others are dropped before rows are multiplied. Undefined:
   * all are kept.
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
export interface GroupedSearch {
  /**
   * Distinguishes the searches of a group: empty, or `0` and `1` that end with `1`. A rule that is
   * added splits one search at most, and one of the two parts keeps the name.
   */
  readonly part: string;
  readonly text: string;
  /** Of the rules, sorted. */
  readonly ids: readonly string[];
}

export interface GroupedSearches {
  readonly searches: readonly GroupedSearch[];
  /** Rules that keep a search of their own, by id, and why. */
  readonly refused: ReadonlyMap<string, TargetDiagnostic>;
}
