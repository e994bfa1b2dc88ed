import { and, type Query } from '../../query/tree.ts';
import { type Conversion, converted } from '../backend.ts';
import { bounded, isExactQuery, printSearch } from './search-stage.ts';
import { exactValue, looseValue } from './text.ts';
import { printWhere } from './where-stage.ts';

/**
 * How searches for Splunk are written.
 *
 * @example
 * import type { SplunkOptions } from 'sigpack';
 *
 * const options: SplunkOptions = { cloudSafe: true, correlation: 'stats' };
 * options.cloudSafe; // => true
 */
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
 * A sound plan: the search stage lets through all that the rule means, and the where stage drops
 * the rest.
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

/**
 * Converts the query of a detection rule to SPL.
 *
 * @param query - The query of a {@link CompiledDetection}.
 * @param scope - What the search begins with, such as `index=windows` or an index macro in
 *   backticks; empty for nothing.
 * @param options - How the search is written.
 * @returns A search that finds exactly what the rule means, or the refusals.
 * @example
 * import { type Query, splunkSearch } from 'sigpack';
 *
 * const place = { file: { path: 'rule.yml', text: 'EventID: 1031' }, span: { start: 9, end: 13 } };
 * const test = { kind: 'number', value: 1031 } as const;
 * const query: Query = { kind: 'item', field: 'EventID', test, ...place };
 * const conversion = splunkSearch(query, 'index=windows', { cloudSafe: true });
 * conversion.ok && conversion.value; // => 'index=windows EventID=1031'
 */
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
