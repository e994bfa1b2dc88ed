import type { Rule } from '../../sigma/collection/collection.ts';

/** The number of results of a run that trigger an alert, and why it differs from the settings. */
export interface ResultThreshold {
  readonly threshold: number;
  readonly ignored?: string;
}

/**
 * The results of a correlation are its groups. Without a group there is at most one, so a higher
 * threshold would never be reached.
 */
export function resultThreshold(rule: Rule, threshold: number): ResultThreshold {
  if (threshold <= 1 || rule.kind !== 'correlation' || rule.groupBy.length > 0)
    return { threshold };
  const ignored =
    '`threshold` counts the groups of a correlation, and without `group-by` there is one at ' +
    'most: one is enough';
  return { threshold: 1, ignored };
}
