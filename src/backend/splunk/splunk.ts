import { and, type Query } from '../../query/tree.ts';
import { type Conversion, converted } from '../backend.ts';
import { bounded, isExactQuery, printSearch } from './search-stage.ts';
import { exactValue, looseValue } from './text.ts';
import { printWhere } from './where-stage.ts';

export interface SplunkOptions {
  /**
   * Spell searches so that AppInspect and Splunk Cloud accept the app: same meaning, other text.
   */
  readonly cloudSafe: boolean;
  /** How correlations find their windows; default: `streamstats`. */
  readonly correlation?: CorrelationMethod;
}

/**
 * `streamstats`: sliding windows, of which Splunk keeps some 10,000 events. `stats`: one window
 * after another, of any number of events.
 */
export type CorrelationMethod = 'streamstats' | 'stats';

/** The two stages of a search: what the index can do, then the exact rest. Either may be empty. */
export interface SplunkStages {
  readonly search: string;
  readonly where: string;
}

/**
 * A sound plan: the search stage lets through all that the rule means, the where stage drops the
 * rest.
 */
export function splunkStages(query: Query, options: SplunkOptions): SplunkStages {
  const { cloudSafe } = options;
  if (isExactQuery(query, cloudSafe)) return { search: printSearch(query, exactValue), where: '' };
  const rest =
    query.kind === 'and'
      ? and(query.operands.filter((operand) => !isExactQuery(operand, cloudSafe)))
      : query;
  return {
    search: printSearch(bounded(query, 'over', cloudSafe), looseValue(cloudSafe)),
    where: printWhere(rest),
  };
}

/** `scope` stands before the search, such as an index macro in backticks; empty for none. */
export function splunkSearch(
  query: Query,
  scope: string,
  options: SplunkOptions,
): Conversion<string> {
  return converted(() => joinStages(splunkStages(query, options), scope));
}

export function joinStages(stages: SplunkStages, scope: string): string {
  const both =
    scope === '' || stages.search === '' ? scope + stages.search : `${scope} ${stages.search}`;
  const search = both || '*';
  return stages.where === '' ? search : `${search} | where ${stages.where}`;
}
