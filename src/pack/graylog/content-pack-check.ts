import { isRecord, valueText } from '../../source/record.ts';
import { type Json, listOf, referenceValue } from '../render/json-value.ts';
import { oldestServer, serverVersion } from '../settings/server-version.ts';
import {
  checkEventDefinition,
  checkKeys,
  checkValue,
  type PackNames,
} from './event-definition-check.ts';
import {
  checkPipeline,
  checkPipelineRule,
  checkStream,
  newPipelineNames,
  type PipelineNames,
  pipelineReasons,
} from './ingest/pipeline-check.ts';
import { graylogLimits } from './limits.ts';

export { graylogLimits } from './limits.ts';

const packKeys = {
  v: 0,
  id: 0,
  rev: 0,
  name: 0,
  summary: 0,
  description: 0,
  vendor: 0,
  url: 0,
  parameters: 0,
  entities: 0,
  created_at: 0,
  server_version: 0,
};
const optionalPackKeys: ReadonlySet<string> = new Set([
  'parameters',
  'created_at',
  'server_version',
]);
const entityKeys = { v: 0, type: 0, id: 0, constraints: 0, data: 0 };
const parameterKeys = { name: 0, title: 0, description: 0, type: 0, default_value: 0 };
const parameterTypes: ReadonlySet<unknown> = new Set([
  'boolean',
  'double',
  'float',
  'integer',
  'long',
  'string',
]);

export interface ServerOptions {
  /** Such as `6.0.0`; the pack uses nothing newer and refuses to install on anything older. */
  readonly minimumServerVersion: string;
  /** Whether the server has `allow_leading_wildcard_searches`. Default: false. */
  readonly leadingWildcards?: boolean;
}

/**
 * What Graylog would refuse in a content pack, or install and then silently fail at in each run;
 * Graylog itself checks neither queries nor definitions at installation. Of notifications
 * and dashboards, only the envelope is checked.
 */
export function checkContentPack(pack: unknown, options: ServerOptions): readonly string[] {
  return checkWholePack(pack, options).reasons;
}

interface Checked {
  readonly reasons: readonly string[];
  readonly tooLarge: boolean;
}

/** Like `checkContentPack`, and whether the pack is too large for Graylog's database. */
export function checkWholePack(pack: unknown, options: ServerOptions): Checked {
  if (!isRecord(pack)) return { reasons: ['the pack is not an object'], tooLarge: false };
  const entities = listOf(pack.entities);
  const check = createPackCheck({ ...pack, entities: [] }, { ...options, referable: entities });
  let tooLarge = false;
  for (const entity of entities) tooLarge = !check.add(entity);
  return { reasons: check.reasons(), tooLarge };
}

export interface PackCheck {
  /** Takes the next entity. False once the pack is larger than Graylog's database allows. */
  readonly add: (entity: unknown) => boolean;
  readonly reasons: () => string[];
}

export interface PackCheckOptions extends ServerOptions {
  /** Entities that others may refer to; those of other types may be missing. */
  readonly referable: readonly unknown[];
}

/** Like `checkContentPack`, for entities that come one by one. `pack`: without its entities. */
export function createPackCheck(
  pack: Json,
  { minimumServerVersion, leadingWildcards = false, referable }: PackCheckOptions,
): PackCheck {
  const minimum = serverVersion(minimumServerVersion);
  if (minimum === undefined || minimum < (serverVersion(oldestServer) ?? 0)) {
    return {
      add: () => true,
      reasons: () => [`the minimum server version is not ${oldestServer} or newer`],
    };
  }
  const names = { ...packNames(pack, referable, minimum), leadingWildcards };
  const titles = streamTitles(referable);
  const reasons: string[] = [];
  checkEnvelope(pack, minimum, reasons);
  const seen = new Set<string>();
  const pipelines = newPipelineNames();
  let index = 0;
  let size = bsonSize(pack);
  return {
    add(entity) {
      size += 5 + bsonSize(entity);
      if (isRecord(entity)) {
        const key = `${typeName(entity)} ${entity.id}`;
        if (seen.has(key)) reasons.push(`${key} is there twice`);
        seen.add(key);
        checkEntity(entity, index, names, pipelines, reasons);
      } else reasons.push(`entity ${index} is not an object`);
      index++;
      return size <= graylogLimits.packSize;
    },
    reasons() {
      const all = [...reasons, ...pipelineReasons(pipelines, titles)];
      if (size <= graylogLimits.packSize) return all;
      return [
        ...all,
        `the pack takes ${size} bytes in Graylog's database, more than ` +
          `${graylogLimits.packSize}: make two of it`,
      ];
    },
  };
}

function packNames(
  pack: Json,
  entities: readonly unknown[],
  minimum: number,
): Omit<PackNames, 'leadingWildcards'> {
  const streams = new Set<string>();
  const notifications = new Set<string>();
  for (const entity of entities) {
    const type = isRecord(entity) ? typeName(entity) : undefined;
    if (isRecord(entity) && (type === 'stream' || type === 'stream_title'))
      streams.add(valueText(entity.id));
    if (isRecord(entity) && type === 'notification') notifications.add(valueText(entity.id));
  }
  const parameters = new Set(
    listOf(pack.parameters).flatMap((parameter) =>
      isRecord(parameter) ? [valueText(parameter.name)] : [],
    ),
  );
  return { streams, notifications, parameters, minimum };
}

const streamTitles = (entities: readonly unknown[]): ReadonlySet<string> =>
  new Set(
    entities.flatMap((entity) =>
      isRecord(entity) && typeName(entity) === 'stream' && isRecord(entity.data)
        ? [valueText(referenceValue(entity.data.title))]
        : [],
    ),
  );

const typeName = (entity: Json): unknown => (isRecord(entity.type) ? entity.type.name : undefined);

function checkEnvelope(pack: Json, minimum: number, reasons: string[]): void {
  checkKeys(pack, packKeys, minimum, 'pack', reasons);
  for (const key in packKeys)
    if (!optionalPackKeys.has(key) && !(key in pack)) reasons.push(`pack.${key} is missing`);
  if (pack.v !== '1' && pack.v !== 1) reasons.push('pack.v is not 1');
  if (typeof pack.id !== 'string' || !/^[A-Za-z0-9._-]+$/.test(pack.id))
    reasons.push('pack.id cannot be in an address');
  if (!Number.isSafeInteger(pack.rev) || Number(pack.rev) < 1)
    reasons.push('pack.rev is not a whole number from 1');
  for (const key of ['name', 'summary', 'description', 'vendor'])
    if (typeof pack[key] !== 'string') reasons.push(`pack.${key} is not text`);
  if (typeof pack.url !== 'string' || (pack.url !== '' && !URL.canParse(pack.url)))
    reasons.push('pack.url is not an address');
  for (const parameter of listOf(pack.parameters))
    checkParameter(isRecord(parameter) ? parameter : {}, minimum, reasons);
}

function checkParameter(parameter: Json, minimum: number, reasons: string[]): void {
  checkKeys(parameter, parameterKeys, minimum, 'parameters', reasons);
  if (typeof parameter.name !== 'string' || !/^[A-Za-z][A-Za-z0-9_]*$/.test(parameter.name))
    reasons.push('the name of a parameter is not letters, digits and _');
  if (!parameterTypes.has(parameter.type))
    reasons.push(`a parameter is of no type: ${parameter.type}`);
}

function checkEntity(
  entity: Json,
  index: number,
  names: PackNames,
  pipelines: PipelineNames,
  reasons: string[],
): void {
  const data = isRecord(entity.data) ? entity.data : {};
  const type = typeName(entity);
  const found: string[] = [];
  checkKeys(entity, entityKeys, names.minimum, 'entity', found);
  if (entity.v !== '1' && entity.v !== 1) found.push('v is not 1');
  if (typeof entity.id !== 'string' || entity.id === '') found.push('id is missing');
  if (!isRecord(entity.type) || typeof type !== 'string' || entity.type.version === undefined)
    found.push('type is not a name and version');
  if (!isRecord(entity.data)) found.push('data is not an object');
  checkConstraints(entity.constraints, found);
  if (type === 'event_definition') checkEventDefinition(data, names, found);
  if (type === 'stream_title') checkStreamTitle(data, names, found);
  if (type === 'stream') checkStream(data, names, found);
  if (type === 'pipeline_rule') checkPipelineRule(data, names, pipelines, found);
  if (type === 'pipeline') checkPipeline(data, names, pipelines, found);
  if (found.length === 0) return;
  const where = `${type ?? 'entity'} ${JSON.stringify(referenceValue(data.title) ?? index)}`;
  for (const reason of found) reasons.push(`${where}: ${reason}`);
}

function checkConstraints(constraints: unknown, reasons: string[]): void {
  if (!Array.isArray(constraints)) reasons.push('constraints are missing');
  for (const constraint of listOf(constraints)) {
    const { type, version }: Json = isRecord(constraint) ? constraint : {};
    if ((type !== 'server-version' && type !== 'plugin-version') || typeof version !== 'string')
      reasons.push('a constraint is neither of the server nor of a plugin');
  }
}

function checkStreamTitle(data: Json, names: PackNames, reasons: string[]): void {
  checkKeys(data, { title: 0 }, names.minimum, 'data', reasons);
  checkValue(data, 'title', 'string', names, reasons);
  if (data.title === undefined || referenceValue(data.title) === '')
    reasons.push('a stream needs a title');
}

/** Size of a JSON value as BSON in bytes; in short texts, a character counts as a byte. */
function bsonSize(value: unknown): number {
  if (typeof value === 'string')
    return 5 + (value.length < 32 ? value.length : Buffer.byteLength(value));
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 4 : 8;
  if (typeof value === 'boolean') return 1;
  if (typeof value !== 'object' || value === null) return 0;
  let size = 5;
  if (Array.isArray(value)) for (const item of value) size += 5 + bsonSize(item);
  else for (const key in value) size += 2 + key.length + bsonSize((value as Json)[key]);
  return size;
}
