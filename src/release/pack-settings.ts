import type { PublishedGroup } from '../pack/config/published.ts';
import { indexMacros } from '../pack/index-macro.ts';
import type { Pack } from '../pack/pack.ts';
import { sortedJson } from '../source/sorted-json.ts';

/**
 * Settings of the packs as a whole, which no detection has by itself: those of sigpack.yml, by
 * their names there, and the definitions of index macros.
 */
export type PackSettings = Readonly<Record<string, string>>;

export interface PackSettingChange {
  readonly name: string;
  /** Empty where it was not set. */
  readonly before: string;
  readonly after: string;
}

const macroPrefix = 'macro ';
const groupPrefix = 'group ';

export function packSettings({
  config,
  splunk: detections,
  groups,
  tombstones,
}: Pack): PackSettings {
  const { info, targets, pipelines, splunk, graylog } = config;
  const { title, description, author, vendor, url, license } = info;
  const values: Record<string, unknown> = { title, description, author, vendor, url, license };
  for (const target of targets) values[`pipelines.${target}`] = pipelines.get(target);
  if (targets.includes('splunk')) {
    values['splunk.enterpriseSecurity'] = splunk.enterpriseSecurity;
    values['splunk.summaryIndex'] = splunk.summaryIndex;
    if (splunk.grouping !== 'none') values['splunk.grouping'] = splunk.grouping;
    for (const { name, id } of groups.groups) values[`${groupPrefix}${name}`] = id;
    for (const { name, id, retired, isGroup } of tombstones)
      if (isGroup) values[`${groupPrefix}${name}`] = `${id} ${retired}`;
    const scopes = detections.flatMap((one) => one.scopes);
    for (const { name, definition } of indexMacros(config, scopes))
      values[`${macroPrefix}${name}`] = definition;
  }
  if (targets.includes('graylog')) {
    const { minimumServerVersion, streams, titlePrefix, priority, notification, dashboard } =
      graylog;
    // a lock from before the modes has none, which is search
    const mode = graylog.mode === 'search' ? undefined : graylog.mode;
    const own = {
      mode,
      detectionsStream: graylog.detectionsStream,
      minimumServerVersion,
      streams,
      titlePrefix,
      priority,
      notification,
      dashboard,
    };
    for (const [name, value] of Object.entries(own)) values[`graylog.${name}`] = value;
  }
  const texts = Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, textOf(value)]],
  );
  return Object.fromEntries(
    texts.filter(([, text]) => text !== '').sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The searches for several detections that a lock records with the settings of its pack. */
export const publishedGroups = (settings: PackSettings = {}): readonly PublishedGroup[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    if (!name.startsWith(groupPrefix)) return [];
    const [id = '', retired] = value.split(' ');
    const group = { id, name: name.slice(groupPrefix.length) };
    return [retired === undefined ? group : { ...group, retired }];
  });

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value !== 'object') return String(value);
  const text = sortedJson(value);
  return text === '{}' ? '' : text;
}

/**
 * The settings that differ. Empty if a side does not know its settings: a lock of an older Sigpack,
 * an artifact. A macro on one side alone is not listed: it is a parameter that came or went.
 */
export function changedPackSettings(
  before: PackSettings | undefined,
  after: PackSettings | undefined,
): readonly PackSettingChange[] {
  if (!before || !after) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    // what changes is what a detection means, not the search that it is in
    if (name.startsWith(groupPrefix)) return [];
    if (old === now || (name.startsWith(macroPrefix) && (old === undefined || now === undefined)))
      return [];
    return [{ name, before: old ?? '', after: now ?? '' }];
  });
}
