import { isRecord } from '../event/field.ts';
import { eventsStream } from '../pack/event-definition.ts';
import type { JsonObject } from './plan.ts';
import { either, listOf, mapOf, number, oneOf, recordOf, type Shape, text } from './shape.ts';

const value = (type: string, shape: Shape): Shape => recordOf({ '@type': oneOf(type), '@value': shape });
const textValue = value('string', text);
const flagValue = value('boolean', oneOf(true, false));
const server = listOf(recordOf({ type: oneOf('server-version'), version: text }));
const entityTypes: ReadonlySet<unknown> = new Set(['event_definition', 'stream_title']);

const operators = oneOf('&&', '||', '>', '>=', '<', '<=', '==', '!');
const expression: Shape = (found, at) =>
  either(
    oneOf(null),
    recordOf({ expr: operators, left: expression, right: expression }),
    recordOf({ expr: oneOf('number'), value: number }),
    recordOf({ expr: oneOf('number-ref'), ref: text }),
  )(found, at);

/** All that a build of Sigpack writes of a pack, whatever its configuration. */
const envelope = recordOf({
  v: oneOf('1'),
  id: text,
  rev: number,
  name: text,
  summary: text,
  description: text,
  vendor: text,
  url: text,
  parameters: listOf(recordOf({ name: text, title: text, description: text, type: oneOf('string'), default_value: text })),
  entities: () => undefined,
  created_at: text,
  server_version: text,
});

const config = recordOf({
  type: oneOf('aggregation-v1'),
  query: textValue,
  streams: listOf(text),
  group_by: listOf(text),
  series: listOf(recordOf({ type: text, id: text, field: text, percentile: number })),
  conditions: recordOf({ expression }),
  search_within_ms: number,
  execute_every_ms: number,
  use_cron_scheduling: oneOf(true, false),
  cron_expression: text,
  cron_timezone: text,
  event_limit: number,
});

const eventDefinition = recordOf({
  title: textValue,
  description: textValue,
  remediation_steps: textValue,
  priority: value('integer', number),
  alert: flagValue,
  config,
  field_spec: mapOf(
    recordOf({
      data_type: oneOf('string'),
      providers: listOf(recordOf({ type: oneOf('template-v1'), template: text, require_values: oneOf(true, false) })),
    }),
  ),
  key_spec: listOf(text),
  notification_settings: recordOf({ grace_period_ms: number, backlog_size: number }),
  notifications: listOf(oneOf(), 0),
  storage: listOf(recordOf({ type: oneOf('persist-to-streams-v1'), streams: listOf(oneOf(eventsStream)) })),
  is_scheduled: flagValue,
  tags: listOf(text),
  tactics_techniques: listOf(text),
});

const shapes = {
  event_definition: recordOf({ v: oneOf('1'), type: typeOf('event_definition'), id: text, constraints: server, data: eventDefinition }),
  stream_title: recordOf({
    v: oneOf('1'),
    type: typeOf('stream_title'),
    id: text,
    constraints: server,
    data: recordOf({ title: either(textValue, value('parameter', text)) }),
  }),
} as const;

function typeOf(name: string): Shape {
  return recordOf({ name: oneOf(name), version: oneOf('1') });
}

/** Why a content pack holds what no build of Sigpack writes; undefined: it does not. */
export function packProblem(pack: JsonObject): string | undefined {
  const fault = envelope(pack, '');
  if (fault !== undefined) return `the content pack has ${shownPath(fault)}, which no build of Sigpack writes`;
  const seen = new Set<string>();
  for (const [index, entity] of (pack.entities as readonly unknown[]).entries()) {
    const problem = entityProblem(entity, seen);
    if (problem !== undefined) return `${entityName(entity, index)} ${problem}`;
  }
  return undefined;
}

function entityProblem(entity: unknown, seen: Set<string>): string | undefined {
  if (!isRecord(entity) || typeof entity.id !== 'string' || !isRecord(entity.type) || !isRecord(entity.data))
    return 'is no entity that a build of Sigpack writes';
  const { type, id, data } = entity;
  if (!entityTypes.has(type.name)) return `is of the type ${JSON.stringify(type.name)}, which no build of Sigpack writes; import such a pack in Graylog itself`;
  if (seen.has(id)) return 'is there twice';
  seen.add(id);
  if (!isRecord(data.title)) return 'has no title';
  const { notifications } = data;
  if (notifications !== undefined && (!Array.isArray(notifications) || notifications.length > 0)) return 'brings notifications, which the admin sets up';
  const fault = shapes[type.name === 'stream_title' ? 'stream_title' : 'event_definition'](entity, '');
  return fault === undefined ? undefined : `has ${shownPath(fault)}, which no build of Sigpack writes so`;
}

const shownPath = (path: string): string => JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}...` : path);

function entityName(entity: unknown, index: number): string {
  const data = isRecord(entity) && isRecord(entity.data) ? entity.data : {};
  const title = isRecord(data.title) ? data.title['@value'] : data.title;
  return typeof title === 'string' ? `the entity ${JSON.stringify(title.slice(0, 120))}` : `entity ${index + 1}`;
}
