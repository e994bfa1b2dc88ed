import { eventsStream } from '../../pack/graylog/event-definition.ts';
import { isRecord, valueText } from '../../source/record.ts';
import { clipped } from '../../source/visible.ts';
import type { JsonObject } from '../plan.ts';
import { either, listOf, mapOf, number, oneOf, recordOf, type Shape, text } from '../shape.ts';
import {
  dashboard,
  flagValue,
  notification,
  parameterValue,
  textValue,
  value,
} from './extra-allowed.ts';
import { sourceError } from './pipelines/source-allowed.ts';

const server = listOf(recordOf({ type: oneOf('server-version'), version: text }));

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
  parameters: listOf(
    recordOf({
      name: text,
      title: text,
      description: text,
      type: oneOf('string'),
      default_value: text,
    }),
  ),
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
      providers: listOf(
        recordOf({
          type: oneOf('template-v1'),
          template: text,
          require_values: oneOf(true, false),
        }),
      ),
    }),
  ),
  key_spec: listOf(text),
  notification_settings: recordOf({ grace_period_ms: number, backlog_size: number }),
  notifications: listOf(
    recordOf({ notification_id: textValue, notification_parameters: oneOf(null) }),
  ),
  storage: listOf(
    recordOf({ type: oneOf('persist-to-streams-v1'), streams: listOf(oneOf(eventsStream)) }),
  ),
  is_scheduled: flagValue,
  tags: listOf(text),
  tactics_techniques: listOf(text),
});

const text3 = { title: textValue, description: textValue, source: textValue };
const stream = recordOf({
  title: textValue,
  description: textValue,
  disabled: value('boolean', oneOf(false)),
  matching_type: value('string', oneOf('AND', 'OR')),
  stream_rules: listOf(oneOf(), 0),
  alert_conditions: listOf(oneOf(), 0),
  alarm_callbacks: listOf(oneOf(), 0),
  outputs: listOf(oneOf(), 0),
  default_stream: value('boolean', oneOf(false)),
  remove_matches: flagValue,
});

const entityOf = (name: string, data: Shape, version = '1'): Shape =>
  recordOf({
    v: oneOf('1'),
    type: recordOf({ name: oneOf(name), version: oneOf(version) }),
    id: text,
    constraints: server,
    data,
  });

const shapes: ReadonlyMap<unknown, Shape> = new Map([
  ['event_definition', entityOf('event_definition', eventDefinition)],
  [
    'stream_title',
    entityOf('stream_title', recordOf({ title: either(textValue, parameterValue) })),
  ],
  ['notification', entityOf('notification', notification)],
  ['dashboard', entityOf('dashboard', dashboard, '2')],
  ['stream', entityOf('stream', stream)],
  ['pipeline_rule', entityOf('pipeline_rule', recordOf(text3))],
  ['pipeline', entityOf('pipeline', recordOf({ ...text3, connected_streams: listOf(textValue) }))],
]);

/** Why a content pack holds what no build of Sigpack writes; undefined: it does not. */
export function packError(pack: JsonObject): string | undefined {
  const reason = envelope(pack, '');
  if (reason !== undefined)
    return `the content pack has ${shownPath(reason)}, which no build of Sigpack writes`;
  const seen = new Set<string>();
  const entities = pack.entities as readonly unknown[];
  const notifications = new Set(ofKind(entities, 'notification').map(({ id }) => id));
  for (const [index, entity] of entities.entries()) {
    const reason = entityError(entity, seen, notifications);
    if (reason !== undefined) return `${entityName(entity, index)} ${reason}`;
  }
  return textsError(entities);
}

const ofKind = (entities: readonly unknown[], kind: string): readonly JsonObject[] =>
  entities.filter(isRecord).filter(({ type }) => isRecord(type) && type.name === kind);

const titlesOf = (entities: readonly JsonObject[]): ReadonlySet<string> =>
  new Set(
    entities.map(({ data }) =>
      isRecord(data) && isRecord(data.title) ? valueText(data.title['@value']) : '',
    ),
  );

/** What pipelines and their rules would do on the server that no build has them do. */
function textsError(entities: readonly unknown[]): string | undefined {
  const streams = titlesOf(ofKind(entities, 'stream'));
  const rules = ofKind(entities, 'pipeline_rule');
  const pipelines = ofKind(entities, 'pipeline');
  if (streams.size > 1) return 'the content pack has more than one stream of its own';
  const names = titlesOf(rules);
  for (const [kind, list] of [
    ['pipeline_rule', rules],
    ['pipeline', pipelines],
  ] as const)
    for (const [index, entity] of list.entries()) {
      const reason = isRecord(entity.data)
        ? sourceError(kind, entity.data, streams, names)
        : undefined;
      if (reason !== undefined) return `${entityName(entity, index)} ${reason}`;
    }
  const ids = new Set([...names, ...titlesOf(pipelines)].map((title) => title.split(' ')[0]));
  return ids.size > 1 || titlesOf(pipelines).size < pipelines.length || names.size < rules.length
    ? 'the titles of the pipelines and their rules are not those of one pack'
    : undefined;
}

function entityError(
  entity: unknown,
  seen: Set<string>,
  known: ReadonlySet<unknown>,
): string | undefined {
  if (
    !isRecord(entity) ||
    typeof entity.id !== 'string' ||
    !isRecord(entity.type) ||
    !isRecord(entity.data)
  )
    return 'is not an entity that a build of Sigpack writes';
  const { type, id, data } = entity;
  const shape = shapes.get(type.name);
  if (!shape)
    return (
      `is of the type ${JSON.stringify(type.name)}, which no build of Sigpack writes; import ` +
      'such a pack in Graylog itself'
    );
  if (seen.has(id)) return 'is there twice';
  seen.add(id);
  if (!isRecord(data.title)) return 'has no title';
  const reason = shape(entity, '');
  const uses: readonly unknown[] =
    reason === undefined && Array.isArray(data.notifications) ? data.notifications : [];
  // an id of the server's would send alerts where the pack does not show it
  if (
    uses.some(
      (use) =>
        isRecord(use) && isRecord(use.notification_id) && !known.has(use.notification_id['@value']),
    )
  )
    return 'names a notification that the pack lacks';
  return reason === undefined
    ? undefined
    : `has ${shownPath(reason)}, which no build of Sigpack writes so`;
}

const shownPath = (path: string): string => JSON.stringify(clipped(path, 120));

function entityName(entity: unknown, index: number): string {
  const data = isRecord(entity) && isRecord(entity.data) ? entity.data : {};
  const title = isRecord(data.title) ? data.title['@value'] : data.title;
  return typeof title === 'string'
    ? `the entity ${JSON.stringify(title.slice(0, 120))}`
    : `entity ${index + 1}`;
}
