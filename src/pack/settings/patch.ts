import type { RuleHead } from '../../sigma/rule/rule.ts';
import type { DiagnosticCode } from '../../source/code/catalogue.ts';
import type { DiagnosticBag, NewDiagnostic } from '../../source/diagnostic.ts';
import { checkSchema } from '../../source/schema/check-schema.ts';
import { type FromSchema, fromSchema } from '../../source/schema/from-schema.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { cronError, cronGapError } from '../cron/cron-check.ts';
import { misreadStreams } from './all-events.ts';
import { parseDuration } from './duration.ts';
import { savedSearchOfRule } from './rule-may-set.ts';
import { retiredSettings, settingsSchema } from './schema.ts';
import type { DetectionSettings, Suppression } from './settings.ts';

/** Some of the settings of a detection: one layer, before merging. Durations are in seconds. */
export interface SettingsPatch
  extends Partial<Omit<DetectionSettings, 'suppress' | 'splunk' | 'graylog'>> {
  readonly suppress?: Partial<Pick<Suppression, 'fields' | 'period'>>;
  readonly splunk?: Partial<DetectionSettings['splunk']>;
  readonly graylog?: Partial<DetectionSettings['graylog']>;
}

/** In seconds; the schema can't compare durations. */
const bounds = [
  { path: ['interval'], least: 60, most: 86_400, says: 'from 60s to 1d' },
  { path: ['window'], least: 60, most: 30 * 86_400, says: 'from 60s to 30d' },
  { path: ['delay'], least: 0, most: 86_400, says: 'from 0 to 1d' },
  { path: ['suppress', 'period'], least: 0, most: 365 * 86_400, says: 'from 0 to 365d' },
] as const;

/**
 * Checks a map of settings that fits {@link settingsSchema} for durations out of range and
 * impossible schedules.
 */
export function rangeDiagnostics(node: YamlNode, code: DiagnosticCode): readonly NewDiagnostic[] {
  const found: NewDiagnostic[] = [];
  for (const { path, least, most, says } of bounds) {
    const value = path.reduce<YamlNode | undefined>(lookup, node);
    const seconds = value?.kind === 'scalar' ? parseDuration(value.value) : undefined;
    if (value?.kind !== 'scalar' || seconds === undefined) continue;
    if (seconds >= least && seconds <= most) continue;
    found.push({
      code,
      message: `\`${path.join('.')}\` must be ${says}`,
      ...(/^\d+$/.test(value.text)
        ? { hint: `A number alone is seconds: write ${value.text}m for minutes.` }
        : {}),
      span: value,
    });
  }
  const cron = lookup(node, 'cron');
  const reason =
    cron?.kind === 'scalar' ? (cronError(cron.text) ?? cronGapError(cron.text)) : undefined;
  if (cron && reason !== undefined)
    found.push({
      code,
      message: `\`cron\` ${reason}`,
      span: cron,
    });
  return [...found, ...misreadStreams(node, code)];
}

/** Checks the attribute `sigpack:` of a rule. False after a diagnostic (SIG070). */
export function checkRuleSettings(
  rule: Pick<RuleHead, 'file' | 'settings'>,
  bag: DiagnosticBag,
): boolean {
  if (!rule.settings) return true;
  let diagnostics = checkSchema(
    settingsSchema,
    rule.settings,
    'SIG070',
    '`sigpack`',
    retiredSettings,
  );
  if (diagnostics.length === 0)
    diagnostics = [
      ...rangeDiagnostics(rule.settings, 'SIG070'),
      ...savedSearchOfRule(rule.settings),
    ];
  for (const diagnostic of diagnostics) bag.add(rule.file, diagnostic);
  if (diagnostics.length > 0) return false;
  noteFile(rule.settings, rule.file);
  return true;
}

const patches = new WeakMap<YamlNode, SettingsPatch>();

/** The file of each checked map of settings, and the nodes of its lists of fields. */
const files = new WeakMap<YamlNode, SourceFile>();
const lists = new WeakMap<object, { readonly settings: YamlNode; readonly list: YamlNode }>();

/**
 * Where an entry of a list of fields in merged settings is written; undefined for built-in lists.
 */
export function placeOfField(
  list: readonly unknown[],
  index: number,
): { readonly file: SourceFile; readonly span: Span } | undefined {
  const known = lists.get(list);
  const file = known && files.get(known.settings);
  const item = known?.list.kind === 'sequence' ? known.list.items[index] : undefined;
  const node = (item && lookup(item, 'field')) ?? item;
  return file && node && { file, span: { start: node.start, end: node.end } };
}

/** Remembers the file of a map of settings. */
export const noteFile = (settings: YamlNode, file: SourceFile): void =>
  void files.set(settings, file);

const general = new WeakSet<YamlNode>();

/** Remembers that a map of settings is not specific to a log source. */
export const noteGeneral = (settings: YamlNode): void => void general.add(settings);

/** Whether a list of fields is from such a map. */
export function isGeneralList(list: readonly unknown[]): boolean {
  const known = lists.get(list);
  return known !== undefined && general.has(known.settings);
}

const nodes = new WeakMap<SettingsPatch, YamlNode>();

/**
 * The checked map of settings that a layer was read from, with its file; undefined for built-in
 * layers.
 */
export function writtenSettings(
  patch: SettingsPatch,
): { readonly file: SourceFile; readonly settings: YamlNode } | undefined {
  const settings = nodes.get(patch);
  const file = settings && files.get(settings);
  return file && settings && { file, settings };
}

function noteLists(
  settings: YamlNode,
  { suppress, risk, graylog, entities, threatObjects, alertFields }: SettingsPatch,
): void {
  const found = [
    [suppress?.fields, ['suppress', 'fields']],
    [risk?.objects, ['risk', 'objects']],
    [graylog?.keyFields, ['graylog', 'keyFields']],
    [entities, ['entities']],
    [threatObjects, ['threatObjects']],
    [alertFields, ['alertFields']],
  ] as const;
  for (const [list, path] of found) {
    const node = path.reduce<YamlNode | undefined>(lookup, settings);
    if (list && node) lists.set(list, { settings, list: node });
  }
}

/** Reads a map of settings as a layer for merging; an invalid map is an empty layer. */
export function readSettings(node: YamlNode): SettingsPatch {
  const known = patches.get(node);
  if (known) return known;
  const settings = fromSchema(settingsSchema, node, 'SIG070');
  const sound = settings.ok && rangeDiagnostics(node, 'SIG070').length === 0;
  const patch = sound ? patchOf(settings.value) : {};
  noteLists(node, patch);
  patches.set(node, patch);
  nodes.set(patch, node);
  return patch;
}

function patchOf({
  interval,
  window,
  delay,
  suppress,
  splunk,
  ...rest
}: FromSchema<typeof settingsSchema>): SettingsPatch {
  return {
    ...rest,
    ...secondsIn({ interval, window, delay }),
    ...(suppress
      ? {
          suppress: {
            ...(suppress.fields ? { fields: suppress.fields } : {}),
            ...secondsIn({ period: suppress.period }),
          },
        }
      : {}),
    ...(splunk ? { splunk: { ...splunk, savedsearch: confTexts(splunk.savedsearch ?? {}) } } : {}),
  };
}

function secondsIn<Key extends string>(
  durations: Readonly<Record<Key, number | string | undefined>>,
): { readonly [name in Key]?: number } {
  const seconds: { [name in Key]?: number } = {};
  for (const name in durations) {
    const parsed = parseDuration(durations[name]);
    if (parsed !== undefined) seconds[name] = parsed;
  }
  return seconds;
}

function confTexts(
  values: Readonly<Record<string, string | number | boolean>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === 'boolean' ? String(Number(value)) : String(value),
    ]),
  );
}
