import { cronError, cronGapError } from '../pack/cron/cron-check.ts';
import { ruleSavedSearchKeys } from '../pack/settings/rule-may-set.ts';
import { savedSearchValueError } from '../pack/settings/savedsearch-value.ts';
import { isScheduled, isTrue } from '../pack/settings/splunk-boolean.ts';
import type { Stanza } from './stanza.ts';

/** What happens to settings that an admin made locally for a saved search. */
export interface LocalSettings {
  readonly stanza: string;
  /** The same as `sigpack:` settings of the rule, to keep them in git. */
  readonly settings: SigpackSettings;
  /** Keys that only `local/` can have. */
  readonly staying: readonly string[];
  /** A search in `local/` overrides that of the rule, so updates have no effect. */
  readonly hidesSearch: boolean;
  /** Keys that depend on the search: its schedule, its time range, its alert conditions. */
  readonly delicate: readonly string[];
}

const delicateKeys: ReadonlySet<string> = new Set([
  'cron_schedule',
  'dispatch.earliest_time',
  'dispatch.latest_time',
  'dispatch.index_earliest',
  'dispatch.index_latest',
  'alert.suppress.fields',
  'alert_condition',
  'counttype',
  'relation',
  'quantity',
]);

export interface SigpackSettings {
  readonly enabled?: boolean;
  readonly cron?: string;
  readonly splunk?: { readonly savedsearch: Readonly<Record<string, string>> };
}

/** Undefined if nothing is set locally. */
export function localSettings({ name, local }: Stanza): LocalSettings | undefined {
  if (local.size === 0) return undefined;
  const { search, disabled, cron_schedule: cron, ...rest } = Object.fromEntries(local);
  const isCron =
    cron !== undefined && cronError(cron) === undefined && cronGapError(cron) === undefined;
  const may = (key: string, value: string): boolean =>
    ruleSavedSearchKeys.has(key) && savedSearchValueError(key, value) === undefined;
  const savedsearch = Object.fromEntries(
    Object.entries(rest).filter(([key, value]) => may(key, value)),
  );
  const settings = {
    ...(disabled === undefined ? {} : { enabled: !isTrue(disabled) }),
    ...(isCron ? { cron } : {}),
    ...(Object.keys(savedsearch).length > 0 ? { splunk: { savedsearch } } : {}),
  };
  const staying = Object.keys(rest).filter((key) => !(key in savedsearch));
  return {
    stanza: name,
    settings,
    staying: cron === undefined || isCron ? staying : ['cron_schedule', ...staying],
    hidesSearch: search !== undefined,
    delicate: [...local.keys()].filter((key) => delicateKeys.has(key)),
  };
}

/** Whether the saved search runs if nothing is set locally. */
export const runsAsShipped = ({ shipped }: Stanza): boolean => isScheduled(shipped);
