import { urlPart } from '../../../source/char-escape.ts';
import { isRecord } from '../../../source/record.ts';
import { InstallError } from '../../install-error.ts';
import type { Client } from '../../server/client.ts';
import { inParallel } from '../../server/in-parallel.ts';
import { isListOf } from '../../server/server-list.ts';

/** A pipeline or a pipeline rule as a server has it. */
export interface ServerText {
  readonly id: string;
  /** Unique on the server. */
  readonly title: string;
  readonly source: string;
}

/** What a server has of pipelines. */
export interface PipelinesThere {
  /** Those that were asked for, by title. */
  readonly rules: ReadonlyMap<string, ServerText>;
  /** All of the server by title. */
  readonly pipelines: ReadonlyMap<string, ServerText>;
  /** Ids of pipelines by the id of a stream. */
  readonly connections: ReadonlyMap<string, readonly string[]>;
}

export const noPipelines: PipelinesThere = {
  rules: new Map(),
  pipelines: new Map(),
  connections: new Map(),
};

const rulesPath = '/system/pipelines/rule';
const pipelinesPath = '/system/pipelines/pipeline';
const connectionsPath = '/system/pipelines/connections';

export const pathOf = (kind: 'pipeline_rule' | 'pipeline', id = ''): string =>
  (kind === 'pipeline' ? pipelinesPath : rulesPath) + (id && `/${urlPart(id)}`);

/** The server parses each rule that it shows: more at once would take a whole request's time. */
const rulesPerRequest = 250;

export async function rulesOn(
  client: Client,
  titles: Iterable<string>,
): Promise<ReadonlyMap<string, ServerText>> {
  const wanted = [...new Set(titles)];
  const chunks = Array.from({ length: Math.ceil(wanted.length / rulesPerRequest) }, (_, index) =>
    wanted.slice(index * rulesPerRequest, (index + 1) * rulesPerRequest),
  );
  const rules = new Map<string, ServerText>();
  await inParallel(chunks, 2, async (chunk) => {
    const { json } = await client.send('POST', `${rulesPath}/multiple`, {
      body: { rules: chunk },
      repeatable: true,
      slow: true,
    });
    for (const [title, one] of textsBy(json, 'pipeline rules')) rules.set(title, one);
  });
  const asked = new Set(wanted);
  return new Map([...rules].filter(([title]) => asked.has(title)));
}

/** `titles`: of pipeline rules; `whole`: of a pipeline that is read with the rules in it. */
export async function readPipelines(
  client: Client,
  titles: readonly string[],
  whole: string,
): Promise<PipelinesThere> {
  const pipelines = await pipelinesOn(client);
  const named = namesIn(pipelines.get(whole)?.source ?? '');
  return {
    rules: await rulesOn(client, [...titles, ...named]),
    pipelines,
    connections: await connectionsOn(client),
  };
}

/** Names of the rules in the source of a pipeline. */
export const namesIn = (source: string): readonly string[] =>
  [...source.matchAll(namedRule)].map(([, name = '']) => name);

const namedRule = /^[^\S\n\r\u2028\u2029]*rule\s+"((?:[^"\\]|\\.)*)"\s*(?:;\s*)?$/gm;

export async function pipelinesOn(client: Client): Promise<ReadonlyMap<string, ServerText>> {
  const { json } = await client.send('GET', pipelinesPath, { slow: true });
  return textsBy(json, 'pipelines');
}

export async function connectionsOn(
  client: Client,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { json } = await client.send('GET', connectionsPath);
  if (!isListOf(json, isConnection)) throw otherAnswer('the connections of pipelines');
  return new Map(json.map(({ stream_id: stream, pipeline_ids: ids }) => [stream, ids]));
}

/** The server refuses to connect a pipeline that someone has deleted. */
export function existing(
  ids: readonly string[],
  { pipelines }: Pick<PipelinesThere, 'pipelines'>,
): readonly string[] {
  const all = new Set([...pipelines.values()].map(({ id }) => id));
  return ids.filter((id) => all.has(id));
}

/** In one step: a message is tested by all of the pipelines before, or by all of these. */
export const connect = (
  client: Client,
  streamId: string,
  pipelineIds: readonly string[],
): Promise<unknown> =>
  client.send('POST', `${connectionsPath}/to_stream`, {
    body: { stream_id: streamId, pipeline_ids: pipelineIds },
    repeatable: true,
  });

/** Connects these pipelines alone; a stream that was deleted may still have connections. */
export const disconnect = (
  client: Client,
  streamId: string,
  pipelineIds: readonly string[],
): Promise<unknown> =>
  client.send('POST', `${connectionsPath}/to_stream`, {
    body: { stream_id: streamId, pipeline_ids: pipelineIds },
    repeatable: true,
    expect: [404],
  });

function textsBy(json: unknown, what: string): ReadonlyMap<string, ServerText> {
  if (!isListOf(json, isServerText)) throw otherAnswer(`its ${what}`);
  return new Map(json.map(({ id, title, source }) => [title, { id, title, source }]));
}

const isServerText = (value: unknown): value is ServerText =>
  isRecord(value) &&
  typeof value.id === 'string' &&
  typeof value.title === 'string' &&
  typeof value.source === 'string';

const isConnection = (
  value: unknown,
): value is { readonly stream_id: string; readonly pipeline_ids: readonly string[] } =>
  isRecord(value) &&
  typeof value.stream_id === 'string' &&
  isListOf(value.pipeline_ids, (id) => typeof id === 'string');

const otherAnswer = (what: string): InstallError =>
  new InstallError('place', `the server answers with something else than ${what}`);
