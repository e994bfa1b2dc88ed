import type { Level } from '../../sigma/rule/rule.ts';
import { uuidV5 } from '../../source/uuid.ts';
import type { GraylogDetection, PackDetection, PackInfo } from '../model/detection.ts';
import {
  flagValue,
  graylogPackId,
  type PackEntity,
  serverConstraints,
  textValue,
  type ValueReference,
} from '../model/pack-entity.ts';
import { serverVersion, versionNumber } from '../settings/server-version.ts';
import { type AggregationConfig, type SearchOptions, searchConfigs } from './aggregation-config.ts';
import { linkField, sigmaEventFields } from './event-fields.ts';
import { eventDescription, remediationText, tacticIds } from './event-text.ts';
import { type FieldEntry, type FieldSpec, templateSpec } from './field-spec.ts';
import { foundAgain, graylogGrace } from './grace.ts';
import { nobodyField, nobodyTemplate } from './nobody.ts';
import { isTemplateField } from './window.ts';

export type EventDefinitionEntity = PackEntity<'event_definition', EventDefinitionData>;

export interface EventDefinitionData {
  readonly title: ValueReference<string>;
  readonly description: ValueReference<string>;
  readonly remediation_steps?: ValueReference<string>;
  readonly priority: ValueReference<number>;
  readonly alert: ValueReference<boolean>;
  readonly config: AggregationConfig;
  readonly field_spec: Readonly<Record<string, FieldSpec>>;
  readonly key_spec: readonly string[];
  readonly notification_settings: {
    readonly grace_period_ms: number;
    readonly backlog_size: number;
  };
  readonly notifications: readonly NotificationUse[];
  readonly storage: readonly {
    readonly type: 'persist-to-streams-v1';
    readonly streams: readonly string[];
  }[];
  readonly is_scheduled: ValueReference<boolean>;
  readonly tags?: readonly string[];
  readonly tactics_techniques?: readonly string[];
}

/** Refers to a notification of the pack by the id of its entity. */
export interface NotificationUse {
  readonly notification_id: ValueReference<string>;
  readonly notification_parameters: null;
}

export interface EventDefinitionOptions extends SearchOptions {
  /** Default: the name of the detection. */
  readonly title?: string;
  /** From 1 to 4. Default: that of the severity. */
  readonly priority?: number;
  /** Address of the rule, for the event field `sigma_link`. Default: events have none. */
  readonly link?: string;
  /** Ids of notification entities of the pack. */
  readonly notificationIds?: readonly string[];
  /**
   * Approximate number of definitions in the pack: thousands only have room for a few fields each.
   */
  readonly definitions?: number;
}

// the id of the stream of all events, the same on each server; Graylog replaces any other
export const eventsStream = '000000000000000000000002';
export const storage = [{ type: 'persist-to-streams-v1', streams: [eventsStream] }] as const;

/**
 * The event definitions of a detection: one, or one per query if a filter search needs several. Ids
 * stay the same from release to release.
 */
export function eventDefinitions(
  g: GraylogDetection,
  info: PackInfo,
  options: EventDefinitionOptions,
): EventDefinitionEntity[] {
  const packId = graylogPackId(info);
  const shared = sharedData(g, info.id, options);
  const { title = g.detection.name } = options;
  const constraints = serverConstraints(options.minimumServerVersion);
  return searchConfigs(g, options).map((config, index) => ({
    v: '1',
    type: eventDefinitionType,
    id: entityId(packId, g.detection.id, index),
    constraints,
    data: {
      title: textValue(index === 0 ? title : `${title} (part ${index + 1})`),
      ...shared,
      config,
    },
  }));
}

const entityId = (packId: string, detectionId: string, index: number): string =>
  uuidV5(packId, index === 0 ? detectionId : `${detectionId} ${index + 1}`);

/** The ids of a detection's event definitions. `count`: their number. */
export const eventDefinitionIds = (
  info: PackInfo,
  detectionId: string,
  count: number,
): readonly string[] =>
  Array.from({ length: count }, (_, index) => entityId(graylogPackId(info), detectionId, index));

export const eventDefinitionType = { name: 'event_definition', version: '1' } as const;

function sharedData(
  { detection, search }: GraylogDetection,
  packId: string,
  options: EventDefinitionOptions,
): Omit<EventDefinitionData, 'title' | 'config'> {
  const { settings, severity } = detection;
  const many = (options.definitions ?? 1) > manyDefinitions;
  const minimum = serverVersion(options.minimumServerVersion) ?? 0;
  const window = foundAgain({ detection, search }, minimum).within;
  const named = keyFieldsOf({ detection, search }).filter(isTemplateField);
  const { usual, period = 0 } = settings.suppress ?? {};
  // windows that find messages again for longer than the default suppression must not extend it
  const byMessage = named.length === 0 || (usual && window > period);
  const isFilter = search.kind === 'filter' && settings.threshold <= 1;
  const keys = byMessage && window > 0 && isFilter ? [messageId] : named;
  const nobody =
    keys === named && isFilter && period > 0 ? nobodyTemplate(keys, detection) : undefined;
  const fields = nobody === undefined ? keys : [...keys, nobodyField];
  const remediation = minimum >= remediationSince ? remediationText(detection) : '';
  return {
    description: textValue(eventDescription(detection)),
    ...(remediation === '' ? undefined : { remediation_steps: textValue(remediation) }),
    priority: {
      '@type': 'integer',
      '@value': options.priority ?? defaultPriority(severity, minimum),
    },
    alert: flagValue(true),
    field_spec: fieldSpecs(
      [
        ...sigmaEventFields(detection, packId, many),
        ...(options.link === undefined ? [] : [linkField(options.link)]),
        ...(nobody === undefined ? [] : [[nobodyField, templateSpec(nobody)] as const]),
      ],
      fields,
      detection.alert?.shown ?? [],
      mostFields(many),
    ),
    key_spec: fields,
    notification_settings: {
      grace_period_ms: graylogGrace({ detection, search }, minimum).period * 1000,
      backlog_size: 0,
    },
    notifications: notificationUses(options.notificationIds ?? []),
    storage,
    is_scheduled: flagValue(settings.enabled),
    ...(minimum >= tagsSince ? labels(detection) : undefined),
  };
}

export const notificationUses = (ids: readonly string[]): readonly NotificationUse[] =>
  ids.map((id) => ({ notification_id: textValue(id), notification_parameters: null }));

/** Graylog's id of a message. */
const messageId = 'gl2_message_id';

function labels(
  detection: PackDetection,
): Pick<EventDefinitionData, 'tags' | 'tactics_techniques'> {
  const tags = graylogTags(detection.rule.tags);
  const attack = attackIds(detection);
  return {
    ...(tags.length > 0 ? { tags } : undefined),
    ...(attack.length > 0 ? { tactics_techniques: attack } : undefined),
  };
}

const remediationSince = versionNumber(6, 0);
/** The first version that knows priority 4. */
export const criticalSince = versionNumber(6, 2);
const tagsSince = versionNumber(7, 2);
const priorities = { informational: 1, low: 1, medium: 2, high: 3, critical: 4 } as const;
/** A server before 6.2 knows no priority above 3. */
export const defaultPriority = (severity: Level, minimum: number): number =>
  severity === 'critical' && minimum < criticalSince ? 3 : priorities[severity];

/**
 * The fields that form the key of an event, as set. The result of an aggregation only has the
 * fields of its group.
 */
export function keyFieldsOf({
  detection: { settings, alert },
  search,
}: GraylogDetection): readonly string[] {
  if (search.kind === 'aggregation') return search.groupBy;
  if (settings.threshold > 1) return [];
  const { suppress, graylog } = settings;
  if (graylog.keyFields.length > 0) return [...new Set(graylog.keyFields)];
  if (suppress && !suppress.byEntity) return [...new Set(suppress.fields)];
  // a message without the others must not suppress those of other machines
  return [...new Set([...(alert?.entities ?? []).map(({ field }) => field), 'source'])];
}

/**
 * Maximum number of fields of an event, including its keys: a pack is one document of a database
 * that takes 16 MiB.
 */
const mostFields = (many: boolean): number => (many ? 3 : 15);
const manyDefinitions = 1500;

/**
 * The fields with texts of the rule, then those of the messages: keys, and the fields shown as far
 * as there is room.
 */
function fieldSpecs(
  texts: readonly FieldEntry[],
  keys: readonly string[],
  shown: readonly string[],
  most: number,
): EventDefinitionData['field_spec'] {
  const fields = new Set(keys);
  for (const field of shown) if (fields.size < most && isTemplateField(field)) fields.add(field);
  const entries = [...texts];
  // Sigpack's own texts win
  for (const field of fields)
    if (!texts.some((entry) => entry[0] === field)) entries.push(fieldEntry(field));
  return Object.fromEntries(entries);
}

function fieldEntry(field: string): FieldEntry {
  const known = entries.get(field);
  if (known) return known;
  const entry = [field, templateSpec(`\${source.${field}}`)] as const;
  entries.set(field, entry);
  return entry;
}

// thousands of definitions have a few hundred fields
const entries = new Map<string, FieldEntry>();

const graylogTags = (tags: readonly string[]): string[] =>
  [...new Set(tags.map((tag) => tag.toLowerCase()))]
    .filter((tag) => /^[a-z0-9._-]{1,128}$/.test(tag))
    .slice(0, 64);

const attackIds = ({ attack }: PackDetection): string[] =>
  [
    ...tacticIds(attack.tactics),
    ...attack.techniques.filter((id) => /^T\d{4}(\.\d{3})?$/.test(id)),
  ].slice(0, 64);
