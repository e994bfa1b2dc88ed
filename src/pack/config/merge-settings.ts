import { filterFits } from '../../sigma/filter/filter.ts';
import type { LogSource, RuleHead } from '../../sigma/rule/rule.ts';
import { type AlertSource, alertSourceOf } from '../alert/table.ts';
import { readSettings, type SettingsPatch } from '../settings/patch.ts';
import { isEnabled, levelOf } from '../settings/selection.ts';
import type { DetectionSettings, OrderedBy, Suppression } from '../settings/settings.ts';
import { isTrue } from '../settings/splunk-boolean.ts';
import type { PackConfig } from './config.ts';

type MergedRule = Pick<RuleHead, 'level' | 'status' | 'tags' | 'settings'>;

const builtIn = {
  interval: 900,
  delay: 600,
  threshold: 1,
  splunk: { savedsearch: {} },
  graylog: { keyFields: [], streams: [] },
} as const satisfies SettingsPatch;

// what is missing from the patch was not set
const { delay: _, ...builtInPatch } = builtIn;

/** For log sources that the table of alerts does not know. */
const otherwise = { period: 3600, domain: 'threat' } as const;

type Usual = Pick<AlertSource, 'period' | 'domain'>;

/** What the table of alerts has for the log sources: for a correlation, the longest period. */
function usualOf(logSources: readonly LogSource[]): Usual {
  const known = logSources.map((source): Usual => alertSourceOf(source) ?? otherwise);
  const [first = otherwise, ...others] = known;
  if (others.length === 0) return first;
  return {
    period: Math.max(...known.map(({ period }) => period)),
    domain: others.every(({ domain }) => domain === first.domain) ? first.domain : otherwise.domain,
  };
}

interface Shared {
  readonly patch: SettingsPatch;
  readonly settings: DetectionSettings;
}

const sharedOf = new WeakMap<PackConfig, Map<string, Shared>>();

/**
 * The settings of a detection: built-in < `defaults` < `levels` < `logsources` in order < the
 * `sigpack:` of the rule. Maps merge key by key, lists replace each other. Rules of the same level,
 * log sources and enabling share one object.
 */
export function mergeSettings(
  config: PackConfig,
  rule: MergedRule,
  logSources: readonly LogSource[],
): DetectionSettings {
  const { patch, settings } = sharedSettings(config, rule, logSources);
  if (!rule.settings) return settings;
  const own = readSettings(rule.settings);
  const all = complete(merged(patch, own), usualOf(logSources), isEnabled(config.enable, rule));
  // an interval for a level is meant for all rules that can use it
  const given =
    own.interval === undefined ? {} : { given: { ...all.given, interval: own.interval } };
  return { ...all, ...given, ...orderedOf(patch, own) };
}

function sharedSettings(
  config: PackConfig,
  rule: MergedRule,
  logSources: readonly LogSource[],
): Shared {
  const known = sharedOf.get(config) ?? new Map<string, Shared>();
  sharedOf.set(config, known);
  const enabled = isEnabled(config.enable, rule);
  const key = sharingKey(rule, logSources, enabled);
  const found = known.get(key);
  if (found) return found;
  const patch = sharedPatch(config, rule, logSources);
  const shared = {
    patch,
    settings: { ...complete(patch, usualOf(logSources), enabled), ...orderedOf(patch) },
  };
  known.set(key, shared);
  return shared;
}

function sharingKey(rule: MergedRule, logSources: readonly LogSource[], enabled: boolean): string {
  let key = `${levelOf(rule)} ${enabled}`;
  for (const source of logSources)
    key += `\n${source.category ?? ''}\0${source.product ?? ''}\0${source.service ?? ''}`;
  return key;
}

function sharedPatch(
  config: PackConfig,
  rule: MergedRule,
  logSources: readonly LogSource[],
): SettingsPatch {
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
    ...(splunk
      ? {
          splunk: {
            ...under.splunk,
            ...splunk,
            savedsearch: { ...under.splunk?.savedsearch, ...splunk.savedsearch },
          },
        }
      : {}),
    ...(graylog ? { graylog: { ...under.graylog, ...graylog } } : {}),
  };
}

/** `enabled` applies if the patch does not set it. */
function complete(patch: SettingsPatch, usual: Usual, enabled: boolean): DetectionSettings {
  const { suppress, splunk, graylog, window, ...rest } = patch;
  const interval = patch.interval ?? builtIn.interval;
  return {
    ...rest,
    enabled: patch.enabled ?? enabled,
    interval,
    delay: patch.delay ?? builtIn.delay,
    ...givenOf(patch),
    threshold: patch.threshold ?? builtIn.threshold,
    // a window shorter than the interval would leave gaps between runs
    ...(window === undefined ? {} : { window: Math.max(window, interval) }),
    suppress: suppressionOf(suppress, usual),
    splunk: { ...builtIn.splunk, securityDomain: usual.domain, ...splunk },
    graylog: { ...builtIn.graylog, ...graylog },
  };
}

function suppressionOf(
  { fields, period }: NonNullable<SettingsPatch['suppress']> = {},
  usual: Usual,
): Suppression {
  // also where a target would suppress by itself
  if (period === 0) return { fields: [], period };
  if (fields) return { fields, period: period ?? usual.period };
  return period === undefined
    ? { fields: [], period: usual.period, byEntity: true, usual: true }
    : { fields: [], period, byEntity: true };
}

function orderedOf(
  patch: SettingsPatch,
  own: SettingsPatch = {},
): Pick<DetectionSettings, 'ordered'> {
  const by = (isOn: (of: SettingsPatch) => boolean): OrderedBy | undefined =>
    isOn(patch) ? 'configuration' : isOn(own) ? 'rule' : undefined;
  const enabled = by((of) => of.enabled === true);
  const savedsearch = by(
    ({ splunk }) =>
      splunk?.savedsearch?.disabled !== undefined && !isTrue(splunk.savedsearch.disabled),
  );
  if (enabled === undefined && savedsearch === undefined) return {};
  return {
    ordered: {
      ...(enabled === undefined ? {} : { enabled }),
      ...(savedsearch === undefined ? {} : { savedsearch }),
    },
  };
}

function givenOf({ delay, window, cron }: SettingsPatch): Pick<DetectionSettings, 'given'> {
  const given = {
    ...(delay === undefined ? {} : { delay }),
    ...(window === undefined ? {} : { window }),
    ...(cron === undefined ? {} : { cron }),
  };
  return Object.keys(given).length === 0 ? {} : { given };
}
