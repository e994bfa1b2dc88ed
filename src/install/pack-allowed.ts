import { isRecord } from '../event/field.ts';
import type { JsonObject } from './plan.ts';

const packKeys: ReadonlySet<string> = new Set([
  'v',
  'id',
  'rev',
  'name',
  'summary',
  'description',
  'vendor',
  'url',
  'parameters',
  'entities',
  'created_at',
  'server_version',
]);
const entityKeys: ReadonlySet<string> = new Set(['v', 'type', 'id', 'constraints', 'data']);
const entityTypes: ReadonlySet<unknown> = new Set(['event_definition', 'stream_title']);

/** Why a content pack holds what no build of Sigpack writes; undefined: it does not. */
export function packProblem(pack: JsonObject): string | undefined {
  const key = Object.keys(pack).find((one) => !packKeys.has(one));
  if (key !== undefined) return `the content pack has the key ${JSON.stringify(key)}, which no build of Sigpack writes`;
  const parameters = pack.parameters ?? [];
  if (!Array.isArray(parameters) || !parameters.every((one) => isRecord(one) && typeof one.name === 'string' && typeof one.type === 'string'))
    return 'the content pack has parameters that no build of Sigpack writes';
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
  const key = Object.keys(entity).find((one) => !entityKeys.has(one));
  if (key !== undefined) return `has the key ${JSON.stringify(key)}, which no build of Sigpack writes`;
  if (seen.has(id)) return 'is there twice';
  seen.add(id);
  if (!isRecord(data.title)) return 'has no title';
  if (type.name === 'stream_title') return undefined;
  if (!isRecord(data.config) || data.config.type !== 'aggregation-v1') return 'is an event definition of a kind that no build of Sigpack writes';
  const { notifications } = data;
  if (notifications !== undefined && (!Array.isArray(notifications) || notifications.length > 0)) return 'brings notifications, which are the admin’s';
  return undefined;
}

function entityName(entity: unknown, index: number): string {
  const data = isRecord(entity) && isRecord(entity.data) ? entity.data : {};
  const title = isRecord(data.title) ? data.title['@value'] : data.title;
  return typeof title === 'string' ? `the entity ${JSON.stringify(title.slice(0, 120))}` : `entity ${index + 1}`;
}
