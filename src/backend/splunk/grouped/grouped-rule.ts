import { type Item, itemsOf, type Query } from '../../../query/tree.ts';
import { isUuid } from '../../../sigma/rule/rule-id.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import { Refusal } from '../../backend.ts';
import { bounded } from '../search-stage.ts';
import { printWhere } from '../where-stage.ts';
import { alwaysOf, type NeededTerms, neededTerms } from './necessary.ts';

/** The column that has the id of the rule: the one that a row is a hit of. */
export const ruleColumn = 'sigma_rule';

/** What a grouped search has of a rule. Only texts: the query itself is not kept. */
export interface GroupedRule {
  /** The UUID of the detection. */
  readonly id: string;
  /** An eval expression that is true exactly where the rule is. */
  readonly condition: string;
  /**
   * Every event of the rule has at least one term of each list. At least one list, the narrowest
   * first.
   */
  readonly needed: readonly NeededTerms[];
  /** Terms of the search stage, of which every event of the rule has all. */
  readonly always: readonly string[];
  /**
   * An eval expression of an admin, such as a macro in backticks: where it is true, the event is no
   * hit of the rule. Where it is null, the event stays one.
   */
  readonly exclusion?: string;
}

/**
 * The parts of a grouped search that come from the query of a rule.
 *
 * @param id - The UUID of the detection, which the results of the search have.
 * @param query - With the fields that events of Splunk have.
 * @returns The parts, or why the rule needs a search of its own.
 */
export function groupedRule(id: string, query: Query, cloudSafe: boolean): Result<GroupedRule> {
  if (!isUuid(id)) return failed('its id is not a UUID');
  const isColumn = ({ field, test }: Item): boolean =>
    field === ruleColumn || (test.kind === 'field' && test.other === ruleColumn);
  if (itemsOf(query).some(isColumn))
    return failed(`it tests \`${ruleColumn}\`, a column of grouped searches`);
  try {
    const over = bounded(query, 'over', cloudSafe);
    const needed = neededTerms(over, cloudSafe);
    if (needed.length === 0) return failed(anyEvent);
    const always = alwaysOf(over, cloudSafe);
    return ok({ id, condition: printWhere(query), needed, always });
  } catch (error) {
    if (error instanceof Refusal) return failed(error.message);
    throw error;
  }
}

const anyEvent = 'no word or value is known that its events have: its group would read every event';
