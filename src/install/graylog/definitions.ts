import { digestOf } from '../../release/meaning/digest.ts';
import { isDeeperThan, jsonOf, maximumDepth } from '../../source/json.ts';
import { isRecord, valueText } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import { type Fields, flatFields, type InstallObject, type JsonObject } from '../plan.ts';
import type { ContentPack, PackEntity } from './content-pack-model.ts';
import { addressError, isExtra, type WantedExtra, wantedExtra } from './extras.ts';
import { packError } from './pack-allowed.ts';
import { ownStreams, plain, type Resolving, streamId, streamShown, titlesOf } from './streams.ts';

/** An event definition as the server is to have it. */
export interface WantedDefinition {
  readonly object: InstallObject;
  readonly entity: PackEntity;
  /** As its REST interface takes it, but for `id`. */
  readonly body: JsonObject;
  readonly enabled: boolean;
  /** It names the notification of the pack. */
  readonly notifies: boolean;
}

/** Graylog's database takes 16 MB of a pack; as text it may be some times that. */
const maximumText = 64 * 1024 * 1024;

/**
 * Reads a content pack of Graylog.
 *
 * @param text - As a build writes it.
 * @throws An InstallError for what no build of Sigpack writes.
 * @example
 * import { readFileSync } from 'node:fs';
 * import { readContentPack } from 'sigpack';
 *
 * const pack = readContentPack(readFileSync('packs/acme-1.0.0-graylog.json', 'utf8'));
 * [pack.name, pack.rev]; // => ['Acme detections', 1]
 */
export function readContentPack(text: string): ContentPack {
  if (text.length > maximumText)
    throw new InstallError(
      'input',
      `the content pack is larger than Graylog takes: more than ${maximumText} characters`,
    );
  const pack = jsonOf(text);
  if (
    !isRecord(pack) ||
    typeof pack.id !== 'string' ||
    typeof pack.rev !== 'number' ||
    typeof pack.name !== 'string' ||
    !Array.isArray(pack.entities)
  )
    throw new InstallError('input', 'this is not a content pack of Graylog');
  if (isDeeperThan(pack, maximumDepth))
    throw new InstallError('input', `the content pack is nested more than ${maximumDepth} deep`);
  if (
    !/^[0-9a-f-]{36}$/.test(pack.id) ||
    !Number.isSafeInteger(pack.rev) ||
    pack.rev < 1 ||
    typeof pack.summary !== 'string'
  )
    throw new InstallError(
      'input',
      'the content pack has an id or revision that Sigpack does not write',
    );
  const reason = packError(pack);
  if (reason !== undefined) throw new InstallError('input', reason);
  const read = { parameters: [], ...pack } as unknown as ContentPack;
  const address = addressError(read);
  if (address !== undefined) throw new InstallError('input', address);
  return read;
}

/**
 * The pack with its parameters' values in place of their defaults: kept on the server, it shows
 * what was installed.
 */
export const withParameters = (
  pack: ContentPack,
  given: Readonly<Record<string, string>>,
): ContentPack =>
  pack.parameters.some(({ name }) => Object.hasOwn(given, name))
    ? {
        ...pack,
        parameters: pack.parameters.map((one) => ({
          ...one,
          default_value: Object.hasOwn(given, one.name) ? given[one.name] : one.default_value,
        })),
      }
    : pack;

/** Of all but the values of parameters and what a server adds. */
export const packDigest = ({ id, rev, name, entities }: ContentPack): string =>
  digestOf([
    id,
    rev,
    name,
    [...entities]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id: entity, type, data }) => [entity, type.name, data]),
  ]);

/** The version that a pack's summary ends with. */
export const versionOf = ({ summary, rev }: ContentPack): string =>
  / (\d+\.\d+\.\d+)$/.exec(summary)?.[1] ?? `revision ${rev}`;

/** The event definitions of a pack with parameters and streams put in. */
export function wantedDefinitions(
  pack: ContentPack,
  resolving: Resolving,
): readonly WantedDefinition[] {
  const titles = titlesOf(pack, resolving);
  const own = ownStreams(pack);
  const streams = new Map(
    [...titles].map(([id, title]) => [
      id,
      own.has(title) ? (resolving.streams.get(title) ?? id) : streamId(title, resolving),
    ]),
  );
  const shown = streamShown(own, resolving.streams);
  return pack.entities.flatMap((entity): WantedDefinition[] => {
    if (entity.type.name !== 'event_definition') return [];
    const { is_scheduled: scheduled, ...data } = plain(entity.data, resolving) as JsonObject;
    const config = isRecord(data.config) ? data.config : {};
    const ids = Array.isArray(config.streams)
      ? config.streams.map((one: unknown) => streams.get(valueText(one)) ?? valueText(one))
      : [];
    const body = { ...data, config: { ...config, streams: ids } };
    const enabled = scheduled !== false;
    const notifies = Array.isArray(data.notifications) && data.notifications.length > 0;
    return [
      {
        entity,
        body,
        enabled,
        notifies,
        object: {
          key: entity.id,
          name: valueText(data.title),
          fields: comparable(body, enabled, notifies, (id) => titles.get(id) ?? shown(id)),
        },
      },
    ];
  });
}

/** The notification and the dashboard of a pack with parameters put in. */
export function wantedExtras(pack: ContentPack, resolving: Resolving): readonly WantedExtra[] {
  const titles = titlesOf(pack, resolving);
  return pack.entities.flatMap((entity): WantedExtra[] => {
    const kind = entity.type.name;
    return isExtra(kind)
      ? [
          wantedExtra(
            kind,
            entity,
            withStreams(plain(entity.data, resolving), (id) => titles.get(id) ?? id) as JsonObject,
          ),
        ]
      : [];
  });
}

/** A dashboard with `other` in place of each stream. */
export function withStreams(value: unknown, other: (stream: string) => string): unknown {
  if (Array.isArray(value)) return value.map((inner) => withStreams(inner, other));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'streams' && Array.isArray(inner)
        ? inner.map((one) => other(valueText(one)))
        : withStreams(inner, other),
    ]),
  );
}

/** Made by the server, or for it alone. */
const ownKeys = new Set([
  'id',
  '_scope',
  'updated_at',
  'matched_at',
  'scheduler',
  'state',
  'notifications',
  'storage',
]);

/** What of a definition is compared, of the pack's and of the server's alike. */
function comparable(
  definition: JsonObject,
  enabled: boolean,
  notifies: boolean,
  shownStream: (id: string) => string,
): Fields {
  const kept = Object.fromEntries(Object.entries(definition).filter(([key]) => !ownKeys.has(key)));
  const { config, field_spec: fields } = definition;
  const streams =
    isRecord(config) && Array.isArray(config.streams)
      ? config.streams.map((id) => shownStream(valueText(id))).sort()
      : [];
  return new Map([
    ...flatFields(kept),
    ['config.streams', JSON.stringify(streams)],
    ['field_spec', isRecord(fields) ? Object.keys(fields).sort().join(', ') : ''],
    ['enabled', String(enabled)],
    ['notification', notifies ? 'that of the pack' : ''],
  ]);
}

/**
 * A definition as the server has it, under the entity that it was made from. `notifications`: ids
 * of those of the pack.
 */
export const serverObject = (
  entityId: string,
  definition: JsonObject,
  notifications: ReadonlySet<string>,
  shownStream: (id: string) => string,
): InstallObject => ({
  key: entityId,
  name: valueText(definition.title),
  fields: comparable(
    definition,
    definition.state === 'ENABLED',
    usesOf(definition).some((id) => notifications.has(id)),
    shownStream,
  ),
});

/** Ids of the notifications that a server's definition names. */
const usesOf = ({ notifications }: JsonObject): readonly string[] =>
  Array.isArray(notifications)
    ? notifications.flatMap((use: unknown) =>
        isRecord(use) ? [valueText(use.notification_id)] : [],
      )
    : [];
