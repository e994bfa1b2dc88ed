import type { Place } from '../../backend.ts';

/** One `field=value` of the search stage, or a term without a field. */
export interface NeededTerm {
  /** As the search stage spells it; undefined for terms that are not `field=value`. */
  readonly field: string | undefined;
  /** The value as the search stage spells it, or the whole term. */
  readonly text: string;
}

/** What a grouped search has of a rule. Only texts: the query itself is not kept. */
export interface GroupedRule extends Place {
  /** The UUID of the detection. */
  readonly id: string;
  /** An eval expression that is true exactly where the rule is. */
  readonly condition: string;
  /** Every event that the rule means has at least one of these; empty: no term is known. */
  readonly needed: readonly NeededTerm[];
  /** Terms of the search stage that every event of the rule has, besides. */
  readonly always: readonly string[];
  /**
   * An eval expression of an admin, such as a macro in backticks: where it is true, the event is no
   * hit of the rule. Where it is null, the event stays.
   */
  readonly exclusion?: string;
}
