import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache, existing } from '../places.ts';

export type Json = Readonly<Record<string, unknown>>;

export const api = 'http://127.0.0.1:9000/api';
/** The OpenSearch node behind the server. */
const node = 'http://127.0.0.1:9250';
const gelfPort = 12201;

/** The folder of the judge. */
export const judge = join(cache, 'judges', 'graylog');
/**
 * Names the version of a server that is running already: judges then use it and leave it running.
 */
export const runningVariable = 'SIGPACK_GRAYLOG';

export interface GraylogServer {
  readonly version: string;
  /** Throws unless the server agrees. A body that is a text is sent as it is. */
  call(method: string, path: string, body?: unknown): Promise<Json>;
  /** The body of a creation: 7.0 wraps every one. */
  creation(entity: Json): Json;
  /** Asks the OpenSearch node. */
  search(path: string, body: string): Promise<Json>;
}

/**
 * Runs the work on a server of each version that the command line names; what the work leaves
 * behind is an error.
 */
export async function onEachGraylog(work: (server: GraylogServer) => Promise<void>): Promise<void> {
  const versions = process.argv.slice(2).filter((argument) => /^\d+\.\d+\.\d+$/.test(argument));
  if (versions.length === 0) {
    console.error('usage: name versions of Graylog, such as 6.3.7 7.0.1');
    process.exit(2);
  }
  existing(join(judge, 'start.sh'), 'run test/judges/setup.sh graylog');
  for (const version of versions) await onGraylog(version, work);
}

async function onGraylog(
  version: string,
  work: (server: GraylogServer) => Promise<void>,
): Promise<void> {
  const isRunning = process.env[runningVariable] === version;
  if (!isRunning) start(version);
  const server = connect(version);
  try {
    const there = await stateOf(server);
    await work(server);
    const left = await clean(server, there);
    if (left.length > 0) throw new Error(`graylog ${version}: left behind: ${left.join(', ')}`);
  } finally {
    if (!isRunning) stop();
  }
}

function start(version: string): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop();
      process.exit(1);
    });
  }
  const { status, stdout, stderr } = spawnSync(join(judge, 'start.sh'), [version], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  stop();
  throw new Error(`graylog ${version} does not start: ${stdout}${stderr}`);
}

function stop(): void {
  spawnSync(join(judge, 'stop.sh'));
}

function connect(version: string): GraylogServer {
  const request = async (url: string, init: RequestInit): Promise<Json> => {
    const response = await fetch(url, init);
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${init.method} ${url}: ${response.status} ${text.slice(0, 800)}`);
    return text === '' ? {} : (JSON.parse(text) as Json);
  };
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const headers = {
    ...json,
    authorization: `Basic ${btoa('admin:admin')}`,
    'x-requested-by': 'judge',
    connection: 'close',
  };
  return {
    version,
    call: (method, path, body) =>
      request(`${api}${path}`, {
        method,
        headers,
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    creation: (entity) => (version.startsWith('6.') ? entity : { entity, share_request: null }),
    search: (path, body) => request(`${node}/${path}`, { method: 'POST', headers: json, body }),
  };
}

/** A token with which commands log in. */
export async function createToken(server: GraylogServer): Promise<string> {
  const { token } = await server.call(
    'POST',
    '/users/local:admin/tokens/judge',
    server.version.startsWith('6.') ? {} : { token_ttl: 'P30D' },
  );
  return String(token);
}

/** A document that a search finds. */
export interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _source: Json;
  readonly sort?: readonly unknown[];
}

/** What a search finds in indexes of the OpenSearch node. */
export async function hitsIn(
  server: GraylogServer,
  indexes: string,
  search: Json,
): Promise<readonly Hit[]> {
  const { hits } = (await server.search(`${indexes}/_search`, JSON.stringify(search))) as {
    readonly hits: { readonly hits: readonly Hit[] };
  };
  return hits.hits;
}

/** Fields of stored messages that the index keeps as numbers. */
export async function numericFields(server: GraylogServer): Promise<readonly string[]> {
  const { fields = {} } = (await server.search('graylog_*/_field_caps?fields=*', '{}')) as {
    readonly fields?: Readonly<Record<string, Json>>;
  };
  const numbers = ['long', 'double', 'float', 'integer'];
  return Object.entries(fields).flatMap(([name, types]) =>
    Object.keys(types).some((type) => numbers.includes(type)) ? [name] : [],
  );
}

/** Opens the GELF input where it is not open, and sends an event as a message. */
export const sendGelf = (server: GraylogServer, event: Json): Promise<void> =>
  sendAllGelf(server, [event]);

/** The same of several events, in their order. */
export async function sendAllGelf(server: GraylogServer, events: readonly Json[]): Promise<void> {
  const listening = {
    bind_address: '127.0.0.1',
    port: gelfPort,
    recv_buffer_size: 1_048_576,
    number_worker_threads: 1,
    max_chunk_size: 65_536,
  };
  const configuration = {
    ...listening,
    tls_enable: false,
    enable_cors: false,
    idle_writer_timeout: 60,
    decompress_size_limit: 8_388_608,
  };
  const { inputs } = (await server.call('GET', '/system/inputs')) as {
    readonly inputs: readonly { readonly title: string }[];
  };
  const title = 'judge-gelf';
  if (!inputs.some((input) => input.title === title))
    await server.call('POST', '/system/inputs', {
      title,
      global: true,
      type: 'org.graylog2.inputs.gelf.http.GELFHttpInput',
      configuration,
    });
  for (const event of events) await sendOne(event);
}

async function sendOne({
  source = 'judge',
  short_message = 'event',
  ...event
}: Json): Promise<void> {
  const fields = Object.fromEntries(
    Object.entries(event).map(([name, value]) => [`_${name}`, value]),
  );
  const body = JSON.stringify({ version: '1.1', host: source, short_message, ...fields });
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(`http://127.0.0.1:${gelfPort}/gelf`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      if (response.ok) return;
    } catch {
      // the input is not open yet
    }
    if (attempt > 30) throw new Error('the GELF input does not open');
    await sleep(1000);
  }
}

export interface EventDefinition extends Json {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly remediation_steps?: string | null;
  readonly updated_at: string;
  readonly notifications: readonly Json[];
}

export interface ListedDefinitions {
  readonly event_definitions: readonly EventDefinition[];
  readonly context: {
    /** By the ids of definitions. */
    readonly scheduler: Readonly<
      Record<string, { readonly is_scheduled?: boolean; readonly next_time?: string }>
    >;
  };
}

/** All event definitions of the server, and when it runs them. */
export const listDefinitions = async (server: GraylogServer): Promise<ListedDefinitions> =>
  (await server.call('GET', '/events/definitions?per_page=10000')) as unknown as ListedDefinitions;

/** Event definitions without the server's own. */
export async function definitionsOn(server: GraylogServer): Promise<readonly EventDefinition[]> {
  const { event_definitions: all } = await listDefinitions(server);
  return all.filter(({ title }) => title !== 'System notification events');
}

interface State {
  /** Names of the content packs by their ids. */
  readonly packs: ReadonlyMap<string, string>;
  /** Titles of the event definitions by their ids. */
  readonly definitions: ReadonlyMap<string, string>;
}

async function stateOf(server: GraylogServer): Promise<State> {
  const { content_packs: packs = [] } = (await server.call('GET', '/system/content_packs')) as {
    readonly content_packs?: readonly { readonly id: string; readonly name: string }[];
  };
  const definitions = await definitionsOn(server);
  return {
    packs: new Map(packs.map(({ id, name }) => [id, name])),
    definitions: new Map(definitions.map(({ id, title }) => [id, title])),
  };
}

/**
 * Removes what is new on the server, for the judge after this one; the packs and definitions among
 * it, which the judge should have removed.
 */
async function clean(server: GraylogServer, before: State): Promise<readonly string[]> {
  const now = await stateOf(server);
  const packs = [...now.packs].filter(([id]) => !before.packs.has(id));
  for (const [id] of packs) await removePack(server, id);
  const definitions = [...now.definitions].filter(([id]) => !before.definitions.has(id));
  const still = (await stateOf(server)).definitions;
  for (const [id] of definitions)
    if (still.has(id)) await server.call('DELETE', `/events/definitions/${id}`);
  await removeAll(
    server,
    '/events/notifications?per_page=1000',
    'notifications',
    '/events/notifications',
  );
  await removeAll(server, '/users/local:admin/tokens', 'tokens', '/users/local:admin/tokens');
  await removeAll(server, '/system/inputs', 'inputs', '/system/inputs');
  for (const index of ['graylog_*', 'gl-events_*']) await removeDocuments(server, index);
  return [...packs, ...definitions].map(([, name]) => name);
}

/** Uninstalls a content pack and deletes all its revisions. */
export async function removePack(server: GraylogServer, id: string): Promise<void> {
  const path = `/system/content_packs/${encodeURIComponent(id)}`;
  const { installations } = (await server.call('GET', `${path}/installations`)) as {
    readonly installations: readonly { readonly _id: string }[];
  };
  for (const { _id } of installations) await server.call('DELETE', `${path}/installations/${_id}`);
  await server.call('DELETE', path);
}

async function removeAll(
  server: GraylogServer,
  list: string,
  key: string,
  path: string,
): Promise<void> {
  const found = (await server.call('GET', list))[key] as readonly { readonly id: string }[];
  for (const { id } of found) await server.call('DELETE', `${path}/${id}`);
}

/** Document by document: the node has no module that deletes by a query. */
async function removeDocuments(server: GraylogServer, index: string): Promise<void> {
  for (;;) {
    const hits = await hitsIn(server, index, { size: 5000, _source: false });
    if (hits.length === 0) return;
    const lines = hits.map(({ _index, _id }) => `${JSON.stringify({ delete: { _index, _id } })}\n`);
    await server.search('_bulk?refresh=true', lines.join(''));
  }
}
