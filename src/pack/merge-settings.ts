import { filterFits } from '../sigma/filter.ts';
import type { LogSource, RuleHead } from '../sigma/rule.ts';
import type { PackConfig } from './config.ts';
import { isEnabled, levelOf } from './selection.ts';
import type { DetectionSettings } from './settings.ts';
import { readSettings, type SettingsPatch } from './settings-patch.ts';

type MergedRule = Pick<RuleHead, 'level' | 'status' | 'tags' | 'settings'>;

const builtIn = {
  interval: 900,
  delay: 600,
  threshold: 1,
  splunk: { notable: true, risk: true, securityDomain: 'threat', savedsearch: {} },
  graylog: { keyFields: [], streams: [] },
} as const satisfies SettingsPatch;

// what is not in the patch was not set
const { delay: _, ...builtInPatch } = builtIn;

const defaultSuppressPeriod = 3600;

interface Shared {
  readonly patch: SettingsPatch;
  readonly settings: DetectionSettings;
}

const sharedOf = new WeakMap<PackConfig, Map<string, Shared>>();

/**
 * Settings of a detection: built in < `defaults` < `levels` < `logsources` in their order < the rule's `sigpack:`. Maps merge key by key, lists replace.
 * Rules of the same level, log sources and enabling share one object.
 */
export function mergeSettings(config: PackConfig, rule: MergedRule, logSources: readonly LogSource[]): DetectionSettings {
  const { patch, settings } = sharedSettings(config, rule, logSources);
  return rule.settings ? complete(merged(patch, readSettings(rule.settings)), isEnabled(config.enable, rule)) : settings;
}

function sharedSettings(config: PackConfig, rule: MergedRule, logSources: readonly LogSource[]): Shared {
  const known = sharedOf.get(config) ?? new Map<string, Shared>();
  sharedOf.set(config, known);
  const enabled = isEnabled(config.enable, rule);
  const key = sharingKey(config, rule, logSources, enabled);
  const found = known.get(key);
  if (found) return found;
  const patch = sharedPatch(config, rule, logSources);
  const shared = { patch, settings: complete(patch, enabled) };
  known.set(key, shared);
  return shared;
}

function sharingKey(config: PackConfig, rule: MergedRule, logSources: readonly LogSource[], enabled: boolean): string {
  let key = `${levelOf(rule)} ${enabled}`;
  // without log source settings the log source makes no difference
  if (config.logsources.length === 0) return key;
  for (const source of logSources) key += `\n${source.category ?? ''}\0${source.product ?? ''}\0${source.service ?? ''}`;
  return key;
}

function sharedPatch(config: PackConfig, rule: MergedRule, logSources: readonly LogSource[]): SettingsPatch {
  let patch: SettingsPatch = builtInPatch;
  patch = merged(patch, config.defaults);
  const level = config.levels.get(levelOf(rule));
  if (level) patch = merged(patch, level);
  for (const { match, settings } of config.logsources) {
    if (logSources.some((source) => filterFits(match, source))) patch = merged(patch, settings);
  }
  return patch;
}

function merged(under: SettingsPatch, over: SettingsPatch): SettingsPatch {
  const { suppress, risk, splunk, graylog, ...rest } = over;
  return {
    ...under,
    ...rest,
    ...(suppress ? { suppress: { ...under.suppress, ...suppress } } : {}),
    ...(risk ? { risk: { ...under.risk, ...risk } } : {}),
    ...(splunk ? { splunk: { ...under.splunk, ...splunk, savedsearch: { ...under.splunk?.savedsearch, ...splunk.savedsearch } } } : {}),
    ...(graylog ? { graylog: { ...under.graylog, ...graylog } } : {}),
  };
}

/** `enabled`: where nothing in the patch says so. */
function complete(patch: SettingsPatch, enabled: boolean): DetectionSettings {
  const { suppress, splunk, graylog, window, ...rest } = patch;
  const interval = patch.interval ?? builtIn.interval;
  const period = suppress?.period ?? defaultSuppressPeriod;
  return {
    ...rest,
    enabled: patch.enabled ?? enabled,
    interval,
    delay: patch.delay ?? builtIn.delay,
    ...givenOf(patch),
    threshold: patch.threshold ?? builtIn.threshold,
    // a window shorter than the interval would leave gaps between runs
    ...(window === undefined ? {} : { window: Math.max(window, interval) }),
    // a period of 0 holds nothing back, also where a target would by itself
    ...(suppress ? { suppress: { fields: period > 0 ? (suppress.fields ?? []) : [], period } } : {}),
    splunk: { ...builtIn.splunk, ...splunk },
    graylog: { ...builtIn.graylog, ...graylog },
  };
}

function givenOf({ enabled, delay, window, cron }: SettingsPatch): Pick<DetectionSettings, 'given'> {
  const given = {
    ...(enabled === true ? { enabled } : {}),
    ...(delay === undefined ? {} : { delay }),
    ...(window === undefined ? {} : { window }),
    ...(cron === undefined ? {} : { cron }),
  };
  return Object.keys(given).length === 0 ? {} : { given };
}
