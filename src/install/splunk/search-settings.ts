import type { PackConfig } from '../../pack/config/config.ts';
import { confValue } from '../../pack/render/conf-text.ts';
import type { SettingsPatch } from '../../pack/settings/patch.ts';
import { ruleSavedSearchKeys } from '../../pack/settings/rule-may-set.ts';

/** Whether sigpack.yml itself sets a key of savedsearches.conf to this value. */
export type IsConfigured = (key: string, value: string) => boolean;

export const nothingConfigured: IsConfigured = () => false;

type Configured = Pick<PackConfig, 'defaults' | 'levels' | 'logsources'> & {
  readonly splunk?: Pick<PackConfig['splunk'], 'summaryIndex'>;
};

export function configuredSettings({
  defaults,
  levels,
  logsources,
  splunk: { summaryIndex } = {},
}: Configured): IsConfigured {
  const patches: readonly SettingsPatch[] = [
    defaults,
    ...levels.values(),
    ...logsources.map(({ settings }) => settings),
  ];
  const pairs = patches.flatMap(({ splunk }) => Object.entries(splunk?.savedsearch ?? {}));
  const known = new Set(pairs.map(([key, value]) => `${key}=${confValue(value)}`));
  return (key, value) =>
    known.has(`${key}=${value}`) ||
    (summaryIndex !== undefined && isSummary(key, value, summaryIndex));
}

/** What a build writes for `splunk.summaryIndex`. The marks become a part of a search. */
function isSummary(key: string, value: string, index: string): boolean {
  if (key === 'action.summary_index') return value === '1';
  if (key === 'action.summary_index._name') return value === index;
  return /^action\.summary_index\.sigpack_(?:pack|rule|level)$/.test(key) && /^[\w-]+$/.test(value);
}

/** What a build writes by itself, besides what a rule may set. */
const builtKeys: ReadonlySet<string> = new Set([
  'search',
  'action.correlationsearch.enabled',
  'action.correlationsearch.detection_type',
  'action.correlationsearch.metadata',
  'action.notable.param.next_steps',
  'action.notable.param.drilldown_searches',
  'action.notable.param._entities',
  'action.escu',
  'action.escu.enabled',
  'action.escu.full_search_name',
  'action.escu.search_type',
  'action.escu.data_models',
  'action.escu.how_to_implement',
  'action.escu.known_false_positives',
  'action.escu.creation_date',
  'action.escu.modification_date',
  'action.risk.param._risk',
  'action.risk.param.verbose',
]);

/**
 * The first setting that may make a server run, send or act as someone, and that sigpack.yml does
 * not ask for.
 */
export function strangeSetting(
  settings: ReadonlyMap<string, string>,
  isConfigured: IsConfigured,
): string | undefined {
  for (const [key, value] of settings)
    if (!builtKeys.has(key) && !ruleSavedSearchKeys.has(key) && !isConfigured(key, value))
      return key;
  return undefined;
}
