import { ruleSavedSearchKeys } from '../pack/settings/rule-may-set.ts';
import { savedSearchValueError } from '../pack/settings/savedsearch-value.ts';
import { cronError, cronGapError } from '../pack/settings/schedule.ts';
import { isTrue } from '../pack/settings/splunk-boolean.ts';
import type { Stanza } from './stanza.ts';

/** What becomes of the settings that an admin gave a saved search in place. */
export interface LocalSettings {
  readonly stanza: string;
  /** The same under `sigpack:` of the rule, for who wants them in git. */
  readonly settings: SigpackSettings;
  /** Keys that only `local/` can have. */
  readonly staying: readonly string[];
  /** A search in `local/` goes before that of the rule: no update reaches it. */
  readonly hidesSearch: boolean;
  /**
   * Keys that were made for the search of before: when it runs, how far it looks back, and what
   * holds alerts back.
   */
  readonly delicate: readonly string[];
}

const delicateKeys =
  /^(?:cron_schedule|dispatch\.(?:earliest|latest)_time|dispatch\.index_(?:earliest|latest)|alert\.suppress\.fields|alert_condition|counttype|relation|quantity)$/;

export interface SigpackSettings {
  readonly enabled?: boolean;
  readonly cron?: string;
  readonly splunk?: { readonly savedsearch: Readonly<Record<string, string>> };
}

/** Undefined where nothing is set in place. */
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
    delicate: [...local.keys()].filter((key) => delicateKeys.test(key)),
  };
}

/** Whether it runs where the app is as it came. */
export const runsAsShipped = ({ shipped }: Stanza): boolean =>
  isTrue(shipped.get('enableSched') ?? '0') && !isTrue(shipped.get('disabled') ?? '0');
