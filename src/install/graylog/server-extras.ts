import { urlPart } from '../../source/char-escape.ts';
import { isRecord, valueText } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import { mergeFields } from '../merge-fields.ts';
import type { JsonObject } from '../plan.ts';
import type { Client } from '../server/client.ts';
import type { ContentPack } from './content-pack-model.ts';
import { withStreams } from './definitions.ts';
import { type ExtraKind, secretParameters, type WantedExtra } from './extras.ts';
import type { PacksThere } from './server-packs.ts';
import { valuesOf } from './streams.ts';

/** A notification or a dashboard as the server has it. */
export interface Extra {
  readonly kind: ExtraKind;
  readonly id: string;
  /** The streams of a dashboard by title. */
  readonly body: JsonObject;
}

/** By the entity that they were made from; what someone deleted is not in it. */
export async function readExtras(
  client: Client,
  idsByEntity: PacksThere['extraIds'],
): Promise<ReadonlyMap<string, Extra>> {
  const extras = new Map<string, Extra>();
  for (const [entity, { kind, ids }] of idsByEntity) {
    for (const id of [...ids].reverse()) {
      const body =
        kind === 'notification' ? await notificationOn(client, id) : await dashboardOn(client, id);
      if (!body) continue;
      extras.set(entity, { kind, id, body });
      break;
    }
  }
  return extras;
}

const notificationPath = (id: string): string => `/events/notifications/${urlPart(id)}`;

async function notificationOn(client: Client, id: string): Promise<JsonObject | undefined> {
  const { status, json } = await client.send('GET', notificationPath(id), { expect: [404] });
  if (status === 404) return undefined;
  if (!isRecord(json) || !isRecord(json.config))
    throw new InstallError('place', 'the server answers with something else than a notification');
  return json;
}

/**
 * As an entity of a content pack, which names streams by their title; a dashboard that is not there
 * is an internal error of the server.
 */
async function dashboardOn(client: Client, id: string): Promise<JsonObject | undefined> {
  const body = { entities: [{ id, type: { name: 'dashboard', version: '2' } }] };
  const { status, text, json } = await client.send('POST', '/system/catalog', {
    body,
    repeatable: false,
    expect: [500],
  });
  if (status === 500 && /could not find view/i.test(text)) return undefined;
  const entities: unknown = isRecord(json) ? json.entities : undefined;
  if (status === 500 || !Array.isArray(entities))
    throw new InstallError(
      'place',
      `the server does not show a dashboard: ${client.shown(text)}`,
      status,
    );
  const list = entities.filter(isRecord);
  const data = list.find((one) => isRecord(one.type) && one.type.name === 'dashboard')?.data;
  if (!isRecord(data)) return undefined;
  const titles = new Map(
    list.flatMap((one) =>
      isRecord(one.data) && isRecord(one.data.title)
        ? [[valueText(one.id), valueText(one.data.title['@value'])]]
        : [],
    ),
  );
  return plainTexts(withStreams(data, (stream) => titles.get(stream) ?? stream));
}

/** Texts in place of their references. */
const plainTexts = (data: unknown): JsonObject =>
  Object.fromEntries(
    Object.entries(isRecord(data) ? data : {}).map(([key, value]) => [
      key,
      isRecord(value) && '@value' in value ? value['@value'] : value,
    ]),
  );

export interface ExtraChange {
  /** Of the fields that change. */
  readonly names: ReadonlySet<string>;
  /** Ids of the server's streams by title. */
  readonly streams: ReadonlyMap<string, string>;
  /** Of the new search of a dashboard. */
  readonly randomId: () => string;
}

export const changeExtra = (
  client: Client,
  extra: Extra,
  wanted: WantedExtra,
  change: ExtraChange,
): Promise<unknown> =>
  extra.kind === 'notification'
    ? changeNotification(client, extra, wanted, change.names)
    : changeDashboard(client, extra, wanted, change);

function changeNotification(
  client: Client,
  { id, body }: Extra,
  wanted: WantedExtra,
  names: ReadonlySet<string>,
): Promise<unknown> {
  const merged = mergeFields(body, wanted.body, names, (path) => path === 'config');
  const config = isRecord(merged.config) ? merged.config : {};
  // the server does not show its secrets, and keeps one by `keep_value`
  const kept = Object.entries(config).map(([key, value]) => [
    key,
    isRecord(value) && 'is_set' in value ? { keep_value: true } : value,
  ]);
  return client.send('PUT', notificationPath(id), {
    body: { ...merged, id, config: Object.fromEntries(kept) },
  });
}

/** Its searches are new ones, as those that the web interface saves are. */
async function changeDashboard(
  client: Client,
  { id }: Extra,
  wanted: WantedExtra,
  { streams, randomId }: ExtraChange,
): Promise<void> {
  const { search, ...view } = withStreams(
    wanted.body,
    (title) => streams.get(title) ?? title,
  ) as JsonObject;
  const searchId = randomId();
  const queries = isRecord(search) ? search.queries : [];
  await client.send('POST', '/views/search', {
    body: { id: searchId, queries, parameters: [] },
    repeatable: true,
  });
  await client.send('PUT', `/views/${urlPart(id)}`, {
    body: { ...view, id, search_id: searchId },
  });
}

export const removeExtra = (client: Client, { kind, id }: Extra): Promise<unknown> =>
  client.send('DELETE', kind === 'notification' ? notificationPath(id) : `/views/${urlPart(id)}`, {
    expect: [404],
  });

/**
 * What to know about the server's list of allowed addresses: it sends no alerts to others.
 */
export async function allowlistNotes(
  client: Client,
  pack: ContentPack,
): Promise<readonly string[]> {
  const values = valuesOf(pack);
  const url = [...secretParameters(pack)]
    .map((name) => values.get(name) ?? '')
    .find((value) => value !== '');
  if (url === undefined) return [];
  for (const [path, key] of [
    ['urlallowlist', 'is_allowlisted'],
    ['urlwhitelist', 'is_whitelisted'],
  ] as const) {
    const { status, json } = await client.send('POST', `/system/${path}/check`, {
      body: { url },
      repeatable: true,
      expect: [403, 404],
    });
    if (status === 404) continue;
    const allowed = isRecord(json) ? json[key] : undefined;
    if (allowed === true) return [];
    const known =
      allowed === false
        ? 'The URL allowlist of the server does not have'
        : 'See that the URL allowlist of the server has';
    return [
      `${known} the address of the notification; add it under System > Configurations, or no ` +
        'alert is sent.',
    ];
  }
  return [];
}
