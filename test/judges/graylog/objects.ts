import { type GraylogServer, hitsIn, type Json } from './server.ts';

/** Uploads a content pack and installs it; the installation. */
export async function installContentPack(
  server: GraylogServer,
  pack: { readonly id: string; readonly rev: number },
): Promise<Json> {
  await server.call('POST', '/system/content_packs', pack);
  return server.call(
    'POST',
    `/system/content_packs/${pack.id}/${pack.rev}/installations`,
    server.creation({ parameters: {}, comment: 'judge' }),
  );
}

/** A stream that only pipelines, or a judge itself, put messages into; the id. */
export async function createStream(server: GraylogServer, title: string): Promise<string> {
  const { index_sets: sets } = (await server.call('GET', '/system/indices/index_sets')) as {
    readonly index_sets: readonly { readonly id: string; readonly default: boolean }[];
  };
  const { stream_id: id } = await server.call(
    'POST',
    '/streams',
    server.creation({
      title,
      description: '',
      rules: [],
      remove_matches_from_default_stream: true,
      index_set_id: sets.find((set) => set.default)?.id ?? '',
    }),
  );
  await server.call('POST', `/streams/${id}/resume`);
  return String(id);
}

interface Stream {
  readonly id: string;
  readonly title: string;
  /** It is paused. */
  readonly disabled: boolean;
}

/** All streams, those that a server comes with among them. */
export async function streamsOn(server: GraylogServer): Promise<readonly Stream[]> {
  const { streams } = (await server.call('GET', '/streams')) as {
    readonly streams: readonly Stream[];
  };
  return streams;
}

export const removeStream = (server: GraylogServer, id: string): Promise<Json> =>
  server.call('DELETE', `/streams/${id}`);

/** All events that definitions have raised; `fields`: those of them that are read. */
export async function raisedEvents(
  server: GraylogServer,
  fields: readonly string[] = ['*'],
): Promise<readonly Json[]> {
  await server.search('gl-events_*/_refresh', '');
  const events: Json[] = [];
  for (let after: unknown; ; ) {
    const hits = await hitsIn(server, 'gl-events_*', {
      size: 10_000,
      sort: [{ id: 'asc' }],
      _source: fields,
      ...(after === undefined ? {} : { search_after: after }),
    });
    events.push(...hits.map(({ _source }) => _source));
    after = hits.at(-1)?.sort;
    if (after === undefined) return events;
  }
}
