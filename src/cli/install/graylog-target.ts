import { isRecord } from '../../event/field.ts';
import {
  type ContentPack,
  PackError,
  packDigest,
  serverObject,
  streamTitles,
  valuesOf,
  versionOf,
  type WantedDefinition,
  wantedDefinitions,
  withParameters,
} from '../../install/graylog-definitions.ts';
import { mergeFields } from '../../install/merge-fields.ts';
import { type JsonObject, stateOf } from '../../install/plan.ts';
import { madeForIn } from '../../pack/made-for.ts';
import { UsageError } from '../exit-code.ts';
import { createContentPacks, type ServerPacks } from './graylog-packs.ts';
import { type Client, inParallel, RemoteError } from './http-client.ts';
import { isListOf } from './server-list.ts';
import type { Applying, Installed, InstallTarget, Version } from './target.ts';

export interface GraylogOptions {
  readonly client: Client;
  readonly packId: string;
  /** Undefined where nothing is to be installed. */
  readonly pack: ContentPack | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly concurrency: number;
}

/** By test/judges/graylog/install.ts. */
const testedVersions: readonly string[] = ['6.3.7', '7.0.1'];

/**
 * A Graylog server. It never updates event definitions by a content pack, so those that are there are changed by the REST interface, which keeps
 * their ids, the events that they raised and their notifications; new ones come by a pack of these alone. A revision is uploaded last: the revisions
 * that the server has are the history of what was installed.
 */
export function graylogTarget(options: GraylogOptions): InstallTarget<ContentPack> {
  const { client, packId, parameters, concurrency } = options;
  const packs = createContentPacks(client, packId);
  let server: Promise<ServerState> | undefined;
  const versionFor = async (pack: ContentPack): Promise<Version<ContentPack>> => {
    server ??= readServer(options, packs);
    const definitions = definitionsOf(pack, await server);
    return {
      version: versionOf(pack),
      digest: packDigest(pack),
      objects: definitions.map(({ object }) => object),
      content: pack,
      refers: streamTitles(pack).map((title) => `stream ${JSON.stringify(title)} of the server`),
    };
  };
  return {
    kind: 'graylog',
    id: packId,
    wanted() {
      const { pack } = options;
      if (!pack) throw new UsageError('there is no content pack to install');
      const unknown = Object.keys(parameters).find((name) => !pack.parameters.some((one) => one.name === name));
      if (unknown !== undefined) throw new UsageError(`the content pack has no parameter ${unknown}`);
      return versionFor(withParameters(pack, parameters));
    },
    async installed() {
      server = readServer(options, packs);
      return installedOf(await server, parameters, versionFor);
    },
    async apply(applying) {
      server ??= readServer(options, packs);
      const state = await server;
      await applyPlan(client, packs, state, concurrency, applying);
      server = undefined;
      return testedVersions.includes(state.version)
        ? []
        : [`Graylog ${state.version} is none of the versions that this was tested on: ${testedVersions.join(', ')}.`];
    },
    async uninstall(progress) {
      server = undefined;
      return { objects: await packs.uninstall(progress), notes: [] };
    },
  };
}

interface Definition {
  readonly id: string;
  readonly body: JsonObject;
}

interface ServerState {
  readonly revisions: ReadonlyMap<number, ContentPack>;
  /** By entity id; those that someone deleted are not in it. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Streams by title, where one alone has it. */
  readonly streams: ReadonlyMap<string, string>;
  readonly isInstalled: boolean;
  /** Versions whose installation was cut off. */
  readonly begun: readonly ContentPack[];
  /** x.y.z */
  readonly version: string;
}

async function readServer({ client }: GraylogOptions, packs: ServerPacks): Promise<ServerState> {
  const version = await packs.serverVersion();
  const { revisions, definitionIds, begun } = await packs.read();
  const there = await definitionsOn(client);
  const definitions = new Map(
    [...definitionIds].flatMap(([entity, candidates]): [string, Definition][] => {
      const id = candidates.findLast((one) => there.has(one));
      const body = id === undefined ? undefined : there.get(id);
      return id === undefined || body === undefined ? [] : [[entity, { id, body }]];
    }),
  );
  return { revisions, definitions, streams: await streamsOf(client), isInstalled: definitionIds.size > 0, begun, version };
}

/** Definitions a question, and all that a server is asked for. */
const pageSize = 500;
const maximumDefinitions = 100_000;

/** All of the server's event definitions by id. One that is left out would be made a second time, so the count has to be right. */
async function definitionsOn(client: Client): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  for (let page = 1; found.size <= maximumDefinitions; page++) {
    const { json } = await client.send('GET', `/events/definitions?page=${page}&per_page=${pageSize}`);
    const { event_definitions: list, total } = asObject(json, 'its event definitions');
    if (!Array.isArray(list) || !list.every(isDefinition) || typeof total !== 'number')
      throw new RemoteError('the server answers with something else than its event definitions');
    const before = found.size;
    for (const one of list) found.set(one.id, one);
    const isNew = found.size > before;
    // a page that is full may not be the last, whatever the total says
    if (found.size >= total && (list.length < pageSize || !isNew)) return found;
    if (!isNew) throw new RemoteError(`the server has ${total} event definitions, of which it lists ${found.size}; run the command again`);
  }
  throw new RemoteError(`the server lists more than ${maximumDefinitions} event definitions, which no server has: its list does not end`);
}

const isDefinition = (value: unknown): value is JsonObject & { readonly id: string } => isRecord(value) && typeof value.id === 'string';

/** Half an answer is none. */
function asObject(json: unknown, what: string): JsonObject {
  if (isRecord(json)) return json;
  throw new RemoteError(`the server answers with something else than ${what}`);
}

const isStream = (value: unknown): value is { readonly id: string; readonly title: string } =>
  isRecord(value) && typeof value.id === 'string' && typeof value.title === 'string';

async function streamsOf(client: Client): Promise<ReadonlyMap<string, string>> {
  const { streams = [] } = asObject((await client.send('GET', '/streams')).json, 'its streams');
  if (!isListOf(streams, isStream)) throw new RemoteError('the server answers with something else than its streams');
  const counts = new Map<string, number>();
  for (const { title } of streams) counts.set(title, (counts.get(title) ?? 0) + 1);
  return new Map(streams.filter(({ title }) => counts.get(title) === 1).map(({ id, title }) => [title, id]));
}

function definitionsOf(pack: ContentPack, { streams }: ServerState): readonly WantedDefinition[] {
  try {
    return wantedDefinitions(pack, { streams, parameters: valuesOf(pack) });
  } catch (error) {
    throw error instanceof PackError ? new UsageError(error.message) : error;
  }
}

/** Of a version that was installed: a stream of it that is no more makes its values unknown, but nothing impossible. */
function knownDefinitions(pack: ContentPack, server: ServerState): readonly (readonly WantedDefinition[])[] {
  try {
    return [definitionsOf(pack, server)];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

async function installedOf(
  server: ServerState,
  parameters: GraylogOptions['parameters'],
  versionFor: (pack: ContentPack) => Promise<Version<ContentPack>>,
): Promise<Installed<ContentPack>> {
  const { definitions, revisions, isInstalled, begun } = server;
  const current = [...definitions].map(([entity, { body }]) => serverObject(entity, body)).sort((a, b) => (a.key < b.key ? -1 : 1));
  const [latest, previous] = isInstalled ? [...revisions.values()].sort((a, b) => b.rev - a.rev) : [];
  const known = latest ? [latest, withParameters(latest, parameters), ...begun].flatMap((pack) => knownDefinitions(pack, server)) : [];
  return {
    version: latest && versionOf(latest),
    madeFor: typeof latest?.description === 'string' ? madeForIn(latest.description) : undefined,
    digest: latest && begun.length === 0 ? packDigest(latest) : undefined,
    current,
    known: known.map((definitionsThen) => definitionsThen.map(({ object }) => object)),
    previous: previous && knownDefinitions(previous, server).length > 0 ? await versionFor(previous) : undefined,
    state: stateOf(latest?.rev, current),
  };
}

async function applyPlan(client: Client, packs: ServerPacks, server: ServerState, concurrency: number, applying: Applying<ContentPack>): Promise<void> {
  const { plan, wanted, progress, direction } = applying;
  const pack = wanted.content;
  const newest = Math.max(0, ...server.revisions.keys());
  if (direction === 'install') refuseRevision(pack, server.revisions, newest, server.isInstalled);
  const byEntity = new Map(definitionsOf(pack, server).map((one) => [one.entity.id, one]));
  const created = new Set(plan.objects.filter(({ verb }) => verb === 'create').map(({ key }) => key));
  const total = plan.objects.length;
  let done = 0;
  const step = (label: string): void => progress(++done, total, label);
  if (server.isInstalled) {
    await packs.begin(pack);
    if (created.size > 0) await packs.installAdditions(pack, created);
  } else await packs.install(pack);
  for (const _ of created) step('creating definitions');
  await inParallel(
    plan.objects.filter(({ verb }) => verb !== 'create'),
    concurrency,
    async ({ key, verb, changes }) => {
      const there = server.definitions.get(key);
      const definition = byEntity.get(key);
      if (there && verb === 'remove') await client.send('DELETE', `/events/definitions/${encodeURIComponent(there.id)}`, { expect: [404] });
      else if (there && definition) await change(client, there, definition, new Set(changes.map(({ name }) => name)));
      step(verb === 'remove' ? 'removing definitions' : 'changing definitions');
    },
  );
  // the revision is there only when all of it is; a rollback takes those above it away
  if (direction === 'rollback') await packs.forgetAbove(pack.rev);
  else if (!server.revisions.has(pack.rev) && server.isInstalled) await packs.upload(pack);
  if (server.isInstalled) await packs.end();
}

/** The revisions of a server are the history of the pack: one number, one content, in their order. */
function refuseRevision(pack: ContentPack, revisions: ReadonlyMap<number, ContentPack>, newest: number, isInstalled: boolean): void {
  const same = revisions.get(pack.rev);
  const hint = 'raise `revision` in sigpack.yml, as sigpack release does';
  if (same && packDigest(same) !== packDigest(pack)) throw new UsageError(`the server has a revision ${pack.rev} of this pack with another content; ${hint}`);
  if (isInstalled && pack.rev < newest)
    throw new UsageError(`the server has revision ${newest} of this pack, this is the older ${pack.rev}; sigpack rollback goes back, or ${hint}`);
}

/** Puts the pack's own over what the definition has, but for what is kept; notifications are the admin's, and so is what a pack does not say. */
async function change(client: Client, { id, body }: Definition, { body: wanted, enabled }: WantedDefinition, changed: ReadonlySet<string>): Promise<void> {
  const { scheduler: _, state, ...there } = body;
  const merged = mergeFields(there, wanted, changed, (path) => path === 'config');
  const schedule = changed.has('enabled') ? enabled : state === 'ENABLED';
  await client.send('PUT', `/events/definitions/${encodeURIComponent(id)}?schedule=${schedule}`, {
    body: { ...merged, notifications: there.notifications, id },
  });
}
