import { hitFields } from '../../../backend/graylog/ingest/hit-fields.ts';
import type { Level } from '../../../sigma/rule/rule.ts';
import { uuidV5 } from '../../../source/uuid.ts';
import type { PackInfo } from '../../model/detection.ts';
import { flagValue, graylogPackId, serverConstraints, textValue } from '../../model/pack-entity.ts';
import { serverVersion } from '../../settings/server-version.ts';
import { aggregationConfig } from '../aggregation-config.ts';
import {
  defaultPriority,
  type EventDefinitionEntity,
  eventDefinitionType,
  notificationUses,
  storage,
} from '../event-definition.ts';
import { sigmaFields } from '../event-fields.ts';
import { type FieldEntry, templateSpec } from '../field-spec.ts';
import { prefixOfLevel } from '../title.ts';
import { type AlertGroup, ownGroup } from './alert-terms.ts';

export interface LevelDefinitionOptions {
  readonly minimumServerVersion: string;
  /** Id of the entity of the stream with the hits. */
  readonly streamId: string;
  readonly titlePrefix: string;
  readonly priority: Readonly<Partial<Record<Level, number>>>;
  readonly notificationIds: readonly string[];
  /** Whether hits have the address of their rule. */
  readonly links: boolean;
}

/**
 * The event definition of a group: an event for each rule and entity, since the server groups by
 * the text of all these fields. Events have nothing else of their hits, so what is the same in all
 * hits of a rule is among them.
 */
export function levelDefinition(
  group: AlertGroup,
  info: PackInfo,
  options: LevelDefinitionOptions,
): EventDefinitionEntity {
  const { level, name, terms } = group;
  const { rule, title, entity, techniques, tactics, link } = hitFields;
  const keys = terms.keys.length === 0 ? [entity] : terms.keys;
  const config = aggregationConfig(
    {
      kind: 'aggregation',
      query: queryOf(group),
      groupBy: [rule, title, ...keys, techniques, tactics, ...(options.links ? [link] : [])],
      series: { type: 'count' },
      conditions: [{ operator: '>', value: 0 }],
      ...terms.window,
    },
    [options.streamId],
  );
  const id = name === undefined ? `level ${level}` : `level ${level}, ${name}`;
  const shown = name === undefined ? level : `${level} (${name})`;
  return {
    v: '1',
    type: eventDefinitionType,
    id: uuidV5(graylogPackId(info), id),
    constraints: serverConstraints(options.minimumServerVersion),
    data: {
      title: textValue(`${prefixOfLevel(options.titlePrefix, level)}${info.title}: ${shown}`),
      description: textValue(
        `Hits of the rules of ${info.title} with the level ${level}: an event for each rule and ` +
          `${terms.keys.length === 0 ? 'entity' : terms.keys.join(', ')}. The event's fields ` +
          `say which rule; \`${rule}\` of the messages in its stream has the rule's id.`,
      ),
      priority: {
        '@type': 'integer',
        '@value':
          options.priority[level] ??
          defaultPriority(level, serverVersion(options.minimumServerVersion) ?? 0),
      },
      alert: flagValue(true),
      config,
      field_spec: Object.fromEntries([
        ...constants(level, info),
        ...(options.links ? [copied(link)] : []),
        ...keys.map(copied),
      ]),
      key_spec: [sigmaFields.id, ...keys],
      notification_settings: { grace_period_ms: terms.grace * 1000, backlog_size: 0 },
      notifications: notificationUses(options.notificationIds),
      storage,
      is_scheduled: flagValue(true),
    },
  };
}

function queryOf({ level, name, others }: AlertGroup): string {
  const { alert, level: levelField, group } = hitFields;
  const hits = `${alert}:"true" AND ${levelField}:"${level}"`;
  if (name !== undefined) return `${hits} AND ${group}:"${name}"`;
  const apart = [ownGroup, ...others].map((one) => `"${one}"`);
  return `${hits} AND NOT ${group}:(${apart.join(' OR ')})`;
}

/** The fields that the events of search mode have, too: notifications and dashboards read them. */
const constants = (level: Level, info: PackInfo): readonly FieldEntry[] => [
  [sigmaFields.pack, templateSpec(info.id)],
  [sigmaFields.rule, templateSpec(`\${source.${hitFields.title}}`)],
  [sigmaFields.id, templateSpec(`\${source.${hitFields.rule}}`)],
  [sigmaFields.level, templateSpec(level)],
  [sigmaFields.techniques, templateSpec(`\${source.${hitFields.techniques}}`)],
  copied(hitFields.tactics),
];

const copied = (field: string): FieldEntry => [field, templateSpec(`\${source.${field}}`)];
