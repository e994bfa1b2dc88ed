import { isRecord } from '../../source/record.ts';
import { InstallError } from '../install-error.ts';
import type { InstallObject, JsonObject } from '../plan.ts';
import type { Client } from '../server/client.ts';
import { isListOf } from '../server/server-list.ts';
import type { ContentPack } from './content-pack-model.ts';
import { type WantedDefinition, wantedDefinitions, wantedExtras } from './definitions.ts';
import type { WantedExtra } from './extras.ts';
import { serverVersion } from './pack-requests.ts';
import { type CurrentText, currentTexts } from './pipelines/current-texts.ts';
import { noPipelines, type PipelinesThere, readPipelines } from './pipelines/server-pipelines.ts';
import { type Tuning, tuningOf } from './pipelines/tuning.ts';
import { hasPipelines, type WantedText, wantedTexts } from './pipelines/wanted-texts.ts';
import { type Extra, readExtras } from './server-extras.ts';
import type { ServerPacks } from './server-packs.ts';
import { ownStreamEntities, valuesOf } from './streams.ts';

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
  /** Ids of streams that take no message. */
  readonly paused: ReadonlySet<string>;
  /** Titles that several streams have. */
  readonly ambiguous: ReadonlySet<string>;
  /** Ids of streams that were made with the pack. */
  readonly ownStreamIds: ReadonlySet<string>;
  /** Pipelines and their rules; empty where no version of the pack has any. */
  readonly pipelines: PipelinesThere;
  /** Versions of the pack with pipelines that are or were there, and the one to install. */
  readonly pipelinePacks: readonly ContentPack[];
  /** What there is of these. */
  readonly texts: ReadonlyMap<string, CurrentText>;
  readonly tuning: Tuning | undefined;
  readonly isInstalled: boolean;
  /** Versions whose installation was cut off. */
  readonly begun: readonly ContentPack[];
  /** x.y.z */
  readonly version: string;
}

/** `pack`: what is to be installed, of which a run before may have left something there. */
export async function readServer(
  client: Client,
  packs: ServerPacks,
  pack?: ContentPack,
): Promise<ServerState> {
  const version = await serverVersion(client);
  const { revisions, definitionIds, extraIds, streamIds, begun } = await packs.read();
  const there = await definitionsOn(client);
  const definitions = new Map(
    [...definitionIds].flatMap(([entity, candidates]): [string, Definition][] => {
      const id = candidates.findLast((one) => there.has(one));
      const body = id === undefined ? undefined : there.get(id);
      return id === undefined || body === undefined ? [] : [[entity, { id, body }]];
    }),
  );
  const extras = await readExtras(client, extraIds);
  const { streams, ambiguous, paused } = await streamsOf(client);
  const pipelinePacks = [
    ...[...revisions.values()].sort((a, b) => b.rev - a.rev),
    ...begun,
    ...(pack ? [pack] : []),
  ].filter(hasPipelines);
  const { pipelines, tuning } = await pipelinesOf(client, pipelinePacks);
  return {
    revisions,
    definitions,
    extras,
    streams,
    ambiguous,
    paused,
    ownStreamIds: streamIds,
    pipelines,
    pipelinePacks,
    texts: currentTexts(pipelinePacks, pipelines, streams),
    tuning,
    isInstalled: definitionIds.size > 0,
    begun,
    version,
  };
}

async function pipelinesOf(
  client: Client,
  packs: readonly ContentPack[],
): Promise<Pick<ServerState, 'pipelines' | 'tuning'>> {
  const texts = packs.flatMap(wantedTexts);
  const tuning = tuningOf(texts);
  if (!tuning) return { pipelines: noPipelines, tuning };
  const titles = [
    ...texts.flatMap(({ kind, title }) => (kind === 'pipeline_rule' ? [title] : [])),
    ...tuning.rules.map(({ title }) => title),
  ];
  return { pipelines: await readPipelines(client, titles, tuning.title), tuning };
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

interface Stream {
  readonly id: string;
  readonly title: string;
  readonly disabled?: unknown;
}

const isStream = (value: unknown): value is Stream =>
  isRecord(value) && typeof value.id === 'string' && typeof value.title === 'string';

async function streamsOf(
  client: Client,
): Promise<Pick<ServerState, 'streams' | 'ambiguous' | 'paused'>> {
  const { streams = [] } = asObject((await client.send('GET', '/streams')).json, 'its streams');
  if (!isListOf(streams, isStream))
    throw new InstallError('place', 'the server answers with something else than its streams');
  const counts = new Map<string, number>();
  for (const { title } of streams) counts.set(title, (counts.get(title) ?? 0) + 1);
  return {
    streams: new Map(
      streams.filter(({ title }) => counts.get(title) === 1).map(({ id, title }) => [title, id]),
    ),
    paused: new Set(streams.flatMap(({ id, disabled }) => (disabled === true ? [id] : []))),
    ambiguous: new Set([...counts].flatMap(([title, count]) => (count > 1 ? [title] : []))),
  };
}

export interface Wanted {
  readonly definitions: readonly WantedDefinition[];
  readonly extras: readonly WantedExtra[];
  readonly texts: readonly WantedText[];
  /** Those that the pack brings, unless the server has them from someone else. */
  readonly streams: readonly WantedStream[];
  /** Title of the stream of hits that the pack brings. */
  readonly hits: string | undefined;
}

export interface WantedStream {
  readonly entityId: string;
  readonly title: string;
  readonly object: InstallObject;
}

type Streams = Pick<ServerState, 'streams' | 'ambiguous' | 'ownStreamIds'>;

/** What a server was found to be asked for; neither it nor a pack ever changes. */
const known = new WeakMap<Streams, WeakMap<ContentPack, Wanted>>();

/** What a pack asks of the server. */
export function wantedOf(pack: ContentPack, server: Streams): Wanted {
  const ofServer = known.get(server) ?? new WeakMap<ContentPack, Wanted>();
  known.set(server, ofServer);
  const wanted = ofServer.get(pack) ?? wantedFrom(pack, server);
  ofServer.set(pack, wanted);
  return wanted;
}

function wantedFrom(pack: ContentPack, server: Streams): Wanted {
  const { streams } = server;
  const resolving = { streams, parameters: valuesOf(pack) };
  const texts = wantedTexts(pack);
  const hits = [...ownStreamEntities(pack).values()][0];
  if (hits !== undefined && texts.some((text) => text.streams.includes(hits)))
    throw new InstallError(
      'input',
      `the pipelines of the pack test the messages of ${JSON.stringify(hits)}, where its hits ` +
        'go: each hit would be tested again, without end; name other streams',
    );
  return {
    definitions: wantedDefinitions(pack, resolving),
    extras: wantedExtras(pack, resolving),
    texts,
    streams: wantedStreams(pack, server),
    hits,
  };
}

/** All that is planned of it. */
export const objectsOf = ({
  streams,
  extras,
  definitions,
  texts,
}: Wanted): readonly InstallObject[] =>
  [...streams, ...extras, ...definitions, ...texts].map(({ object }) => object);

function wantedStreams(
  pack: ContentPack,
  { streams, ambiguous, ownStreamIds }: Streams,
): readonly WantedStream[] {
  return [...ownStreamEntities(pack)].flatMap(([entityId, title]): WantedStream[] => {
    if (ambiguous.has(title))
      throw new InstallError(
        'input',
        `the server has more than one stream with the title ${JSON.stringify(title)}, and hits ` +
          'would go to all of them: rename or delete the others',
      );
    const id = streams.get(title);
    return id === undefined || ownStreamIds.has(id)
      ? [{ entityId, title, object: streamObject(title) }]
      : [];
  });
}

/** Of a stream that the pack brings, in plans. */
export const streamKey = (title: string): string => `stream ${title}`;

const streamObject = (title: string): InstallObject => ({
  key: streamKey(title),
  name: `stream ${JSON.stringify(title)}`,
  fields: new Map([['title', title]]),
});

/** Streams of any version that are there and were made with it. */
export const currentStreams = ({
  pipelinePacks,
  streams,
  ownStreamIds,
}: ServerState): readonly InstallObject[] =>
  [...new Set(pipelinePacks.flatMap((pack) => [...ownStreamEntities(pack).values()]))].flatMap(
    (title) => (ownStreamIds.has(streams.get(title) ?? '') ? [streamObject(title)] : []),
  );
