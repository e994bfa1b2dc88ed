import { isRecord } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import type { JsonObject } from '../plan.ts';
import type { Client } from '../server/client.ts';
import { isListOf } from '../server/server-list.ts';
import type { ContentPack } from './content-pack-model.ts';
import { valuesOf, type WantedDefinition, wantedDefinitions, wantedExtras } from './definitions.ts';
import type { WantedExtra } from './extras.ts';
import { serverVersion } from './pack-requests.ts';
import { type Extra, readExtras } from './server-extras.ts';
import type { ServerPacks } from './server-packs.ts';

export interface Definition {
  readonly id: string;
  readonly body: JsonObject;
}

export interface ServerState {
  readonly revisions: ReadonlyMap<number, ContentPack>;
  /** By entity id; those that someone deleted are not in it. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Notifications and dashboards, by entity id. */
  readonly extras: ReadonlyMap<string, Extra>;
  /** Streams by title, where one alone has it. */
  readonly streams: ReadonlyMap<string, string>;
  readonly isInstalled: boolean;
  /** Versions whose installation was cut off. */
  readonly begun: readonly ContentPack[];
  /** x.y.z */
  readonly version: string;
}

export async function readServer(client: Client, packs: ServerPacks): Promise<ServerState> {
  const version = await serverVersion(client);
  const { revisions, definitionIds, extraIds, begun } = await packs.read();
  const there = await definitionsOn(client);
  const definitions = new Map(
    [...definitionIds].flatMap(([entity, candidates]): [string, Definition][] => {
      const id = candidates.findLast((one) => there.has(one));
      const body = id === undefined ? undefined : there.get(id);
      return id === undefined || body === undefined ? [] : [[entity, { id, body }]];
    }),
  );
  const extras = await readExtras(client, extraIds);
  return {
    revisions,
    definitions,
    extras,
    streams: await streamsOf(client),
    isInstalled: definitionIds.size > 0,
    begun,
    version,
  };
}

/** Definitions per request, and in all. */
const pageSize = 500;
const maximumDefinitions = 100_000;

/**
 * All of the server's event definitions by id. One that is left out would be made a second time, so
 * the count has to be right.
 */
async function definitionsOn(client: Client): Promise<ReadonlyMap<string, JsonObject>> {
  const definitions = new Map<string, JsonObject>();
  for (let page = 1; definitions.size <= maximumDefinitions; page++) {
    const { json } = await client.send(
      'GET',
      `/events/definitions?page=${page}&per_page=${pageSize}`,
    );
    const { event_definitions: list, total } = asObject(json, 'its event definitions');
    if (!Array.isArray(list) || !list.every(isDefinition) || typeof total !== 'number')
      throw new InstallError(
        'place',
        'the server answers with something else than its event definitions',
      );
    const before = definitions.size;
    for (const one of list) definitions.set(one.id, one);
    const isNew = definitions.size > before;
    // a full page may not be the last, whatever the total is
    if (definitions.size >= total && (list.length < pageSize || !isNew)) return definitions;
    if (!isNew)
      throw new InstallError(
        'place',
        `the server has ${total} event definitions, of which it lists ${definitions.size}; ` +
          'run the command again',
      );
  }
  throw new InstallError(
    'place',
    `the server lists more than ${maximumDefinitions} event definitions, which no server ` +
      'has: its list does not end',
  );
}

const isDefinition = (value: unknown): value is JsonObject & { readonly id: string } =>
  isRecord(value) && typeof value.id === 'string';

/** A part of an answer is an error. */
function asObject(json: unknown, what: string): JsonObject {
  if (isRecord(json)) return json;
  throw new InstallError('place', `the server answers with something else than ${what}`);
}

const isStream = (value: unknown): value is { readonly id: string; readonly title: string } =>
  isRecord(value) && typeof value.id === 'string' && typeof value.title === 'string';

async function streamsOf(client: Client): Promise<ReadonlyMap<string, string>> {
  const { streams = [] } = asObject((await client.send('GET', '/streams')).json, 'its streams');
  if (!isListOf(streams, isStream))
    throw new InstallError('place', 'the server answers with something else than its streams');
  const counts = new Map<string, number>();
  for (const { title } of streams) counts.set(title, (counts.get(title) ?? 0) + 1);
  return new Map(
    streams.filter(({ title }) => counts.get(title) === 1).map(({ id, title }) => [title, id]),
  );
}

export interface Wanted {
  readonly definitions: readonly WantedDefinition[];
  readonly extras: readonly WantedExtra[];
}

/** What a pack asks of the server. */
export function wantedOf(pack: ContentPack, { streams }: Pick<ServerState, 'streams'>): Wanted {
  const resolving = { streams, parameters: valuesOf(pack) };
  return {
    definitions: wantedDefinitions(pack, resolving),
    extras: wantedExtras(pack, resolving),
  };
}
