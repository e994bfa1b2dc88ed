import { isRecord } from '../event/field.ts';
import { digestOf } from '../release/digest.ts';
import { isTooDeep, maximumDepth } from '../release/json-depth.ts';
import { packProblem } from './pack-allowed.ts';
import { type Fields, flatFields, type InstallObject, type JsonObject } from './plan.ts';

/** A content pack as far as an install reads it. */
export interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly name: string;
  readonly summary: string;
  /** What the server has of it: text, where nobody else wrote it. */
  readonly description?: unknown;
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly default_value?: unknown }[];
  readonly entities: readonly PackEntity[];
}

export interface PackEntity {
  readonly id: string;
  readonly type: { readonly name: string };
  readonly data: JsonObject;
}

/** An event definition as the server is to have it. */
export interface WantedDefinition {
  readonly object: InstallObject;
  readonly entity: PackEntity;
  /** As its REST interface takes it, but for `id`. */
  readonly body: JsonObject;
  readonly enabled: boolean;
}

export interface Resolving {
  /** Values of the pack's parameters. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Ids of the server's streams by their title. */
  readonly streams: ReadonlyMap<string, string>;
}

export class PackError extends Error {
  override readonly name = 'PackError';
}

/** Graylog's database takes 16 MB of a pack; as text it may be some times that. */
const maximumText = 64 * 1024 * 1024;

/** Reads a content pack; throws PackError for anything else. */
export function readContentPack(text: string): ContentPack {
  if (text.length > maximumText) throw new PackError(`the content pack is larger than Graylog takes: more than ${maximumText} characters`);
  let pack: unknown;
  try {
    pack = JSON.parse(text);
  } catch {
    pack = undefined;
  }
  if (!isRecord(pack) || typeof pack.id !== 'string' || typeof pack.rev !== 'number' || typeof pack.name !== 'string' || !Array.isArray(pack.entities))
    throw new PackError('this is no content pack of Graylog');
  if (isTooDeep(pack)) throw new PackError(`the content pack is nested more than ${maximumDepth} deep`);
  if (!/^[0-9a-f-]{36}$/.test(pack.id) || !Number.isSafeInteger(pack.rev) || pack.rev < 1 || typeof pack.summary !== 'string')
    throw new PackError('the content pack has an id or revision that Sigpack does not write');
  const problem = packProblem(pack);
  if (problem !== undefined) throw new PackError(problem);
  return { parameters: [], ...pack } as unknown as ContentPack;
}

/** The pack with its parameters' values in place of their defaults: as it is kept on the server it says what was installed. */
export const withParameters = (pack: ContentPack, given: Readonly<Record<string, string>>): ContentPack => ({
  ...pack,
  parameters: pack.parameters.map((one) => ({ ...one, default_value: Object.hasOwn(given, one.name) ? given[one.name] : one.default_value })),
});

/** Of all but the values of parameters and what a server adds of its own. */
export const packDigest = ({ id, rev, name, entities }: ContentPack): string =>
  digestOf([id, rev, name, [...entities].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id: entity, type, data }) => [entity, type.name, data])]);

/** The version that a pack's summary ends with. */
export const versionOf = ({ summary, rev }: ContentPack): string => / (\d+\.\d+\.\d+)$/.exec(summary)?.[1] ?? `revision ${rev}`;

/** The event definitions of a pack with parameters and streams put in. */
export function wantedDefinitions(pack: ContentPack, resolving: Resolving): readonly WantedDefinition[] {
  const streams = new Map(
    pack.entities.filter(({ type }) => type.name === 'stream_title').map(({ id, data }) => [id, streamId(String(plain(data.title, resolving)), resolving)]),
  );
  return pack.entities.flatMap((entity): WantedDefinition[] => {
    if (entity.type.name !== 'event_definition') return [];
    const { is_scheduled: scheduled, ...data } = plain(entity.data, resolving) as JsonObject;
    const config = isRecord(data.config) ? data.config : {};
    const ids = Array.isArray(config.streams) ? config.streams.map((one: unknown) => streams.get(String(one)) ?? String(one)) : [];
    const body = { ...data, config: { ...config, streams: ids } };
    const enabled = scheduled !== false;
    return [{ entity, body, enabled, object: { key: entity.id, name: String(data.title), fields: comparable(body, enabled) } }];
  });
}

/** Values of the pack's parameters. */
export const valuesOf = ({ parameters }: ContentPack): ReadonlyMap<string, string> =>
  new Map(parameters.map(({ name, default_value: value }) => [name, String(value ?? '')]));

/** Titles of the streams that the pack searches and the server has to have. */
export const streamTitles = (pack: ContentPack): readonly string[] =>
  pack.entities
    .filter(({ type }) => type.name === 'stream_title')
    .map(({ data }) => String(plain(data.title, { streams: new Map(), parameters: valuesOf(pack) })));

function streamId(title: string, { streams }: Resolving): string {
  const id = streams.get(title);
  if (id === undefined) throw new PackError(`the server has no stream with the title ${JSON.stringify(title)}, or more than one`);
  return id;
}

/** Value references as the values that they stand for. */
function plain(value: unknown, resolving: Resolving): unknown {
  if (Array.isArray(value)) return value.map((inner) => plain(inner, resolving));
  if (!isRecord(value)) return value;
  const { '@type': type, '@value': inner } = value;
  if (type === undefined) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, resolving)]));
  if (type !== 'parameter') return inner;
  const given = resolving.parameters.get(String(inner));
  if (given === undefined) throw new PackError(`the parameter ${JSON.stringify(inner)} has no value; give it under parameters`);
  return given;
}

/** Made by the server, or for it alone. */
const ownKeys = new Set(['id', '_scope', 'updated_at', 'matched_at', 'scheduler', 'state', 'notifications', 'storage']);

/** What of a definition is compared, of the pack's and of the server's alike. */
function comparable(definition: JsonObject, enabled: boolean): Fields {
  const kept = Object.fromEntries(Object.entries(definition).filter(([key]) => !ownKeys.has(key)));
  const { config, field_spec: fields } = definition;
  const streams = isRecord(config) && Array.isArray(config.streams) ? config.streams.map(String).sort() : [];
  return new Map([
    ...flatFields(kept),
    ['config.streams', JSON.stringify(streams)],
    ['field_spec', isRecord(fields) ? Object.keys(fields).sort().join(', ') : ''],
    ['enabled', String(enabled)],
  ]);
}

/** A definition as the server has it, under the entity that it was made from. */
export const serverObject = (entityId: string, definition: JsonObject): InstallObject => ({
  key: entityId,
  name: String(definition.title),
  fields: comparable(definition, definition.state === 'ENABLED'),
});

/** What a server takes of a content pack; its own answer has more. */
const packKeys = ['v', 'id', 'rev', 'name', 'summary', 'description', 'vendor', 'url', 'parameters', 'entities'] as const;

/** The pack of some of the entities, or of all: installing it makes these alone, and keeps which entity became which definition. */
export function additionsOf(pack: ContentPack, additionId: string, ids?: ReadonlySet<string>): ContentPack {
  const written = pack as ContentPack & JsonObject;
  return {
    ...(Object.fromEntries(packKeys.map((key) => [key, written[key]])) as unknown as ContentPack),
    id: additionId,
    name: `${pack.name}: additions`,
    entities: pack.entities.filter(({ id, type }) => type.name !== 'event_definition' || ids === undefined || ids.has(id)),
  };
}
