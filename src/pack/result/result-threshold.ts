import type { Rule } from '../../sigma/collection/collection.ts';

/** The results of a run that it takes to alert, and why that is not what the settings say. */
export interface ResultThreshold {
  readonly threshold: number;
  readonly ignored?: string;
}

/**
 * Of a correlation the results are its groups. Without a group there is one at most, and more would
 * never be reached.
 */
export function resultThreshold(rule: Rule, threshold: number): ResultThreshold {
  if (threshold <= 1 || rule.kind !== 'correlation' || rule.groupBy.length > 0)
    return { threshold };
  const ignored =
    '`threshold` counts the groups of a correlation, and without `group-by` there is one at ' +
    'most: one is enough';
  return { threshold: 1, ignored };
}
