import type { TestEvent } from '../matcher.ts';

const node = process.env.SIGPACK_OPENSEARCH ?? 'http://127.0.0.1:9260';
/** A few of long lists of hashes take a busy node a minute each; fetch waits five for an answer. */
const batch = 20;

type Json = Readonly<Record<string, unknown>>;

async function call(method: string, path: string, body?: string): Promise<Json> {
  const headers = {
    'content-type': body?.includes('\n') ? 'application/x-ndjson' : 'application/json',
  };
  const response = await fetch(`${node}/${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return (await response.json()) as Json;
}

/** Every field is mapped so, but for those that have a mapping of their own. */
export const mappedAs = (mapping: Json, properties: Json): Json => ({
  date_detection: false,
  dynamic_templates: [{ all: { match_mapping_type: '*', mapping } }],
  properties,
});

/**
 * Fills a new index; the number of an event is its place in the list. In one segment: a search
 * looks through each by itself.
 */
export async function fillIndex(
  name: string,
  { settings, mappings }: { readonly settings: Json; readonly mappings: Json },
  events: readonly TestEvent[],
): Promise<void> {
  await call('DELETE', name);
  const shards = {
    'index.number_of_shards': 1,
    'index.number_of_replicas': 0,
    'index.mapping.total_fields.limit': 5000,
    'index.refresh_interval': -1,
    // no query is asked twice
    'index.queries.cache.enabled': false,
    'index.requests.cache.enable': false,
  };
  const created = await call(
    'PUT',
    name,
    JSON.stringify({ settings: { ...shards, ...settings }, mappings }),
  );
  if (created.error) throw new Error(JSON.stringify(created.error));
  for (let at = 0; at < events.length; at += 1000) {
    const lines = events
      .slice(at, at + 1000)
      .map((event, index) => `{"index":{"_id":"${at + index}"}}\n${JSON.stringify(event)}\n`);
    const loaded = await call('POST', `${name}/_bulk`, lines.join(''));
    if (loaded.errors || loaded.error)
      throw new Error(
        JSON.stringify(
          (loaded.items as Json[] | undefined)?.find((item) =>
            JSON.stringify(item).includes('"error"'),
          ) ?? loaded,
        ),
      );
  }
  const merged = await call('POST', `${name}/_forcemerge?max_num_segments=1`);
  const ready = await call('POST', `${name}/_refresh`);
  const fault = merged.error ?? ready.error;
  if (fault) throw new Error(JSON.stringify(fault));
}

/** The longest query that the node takes, in characters; null for its default, 32,000. */
export async function limitQueries(characters: number | null): Promise<void> {
  await call(
    'PUT',
    '_cluster/settings',
    JSON.stringify({ transient: { 'search.query.max_query_string_length': characters } }),
  );
}

export interface Answered {
  readonly hits: readonly number[];
  readonly fault: string | undefined;
}

/** Runs `query_string` queries; answers in their order. */
export async function searchIndex(
  name: string,
  queries: readonly string[],
  leadingWildcards: boolean,
): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  for (let at = 0; at < queries.length; at += batch) {
    const lines = queries.slice(at, at + batch).flatMap((query) => {
      const asked = {
        query_string: { query, analyze_wildcard: true, allow_leading_wildcard: leadingWildcards },
      };
      return [
        JSON.stringify({ index: name }),
        JSON.stringify({ query: asked, size: 10_000, _source: false }),
      ];
    });
    const { responses } = await call('POST', '_msearch', `${lines.join('\n')}\n`);
    answers.push(...(responses as readonly Json[]).map(answered));
  }
  return answers;
}

function answered(response: Json): Answered {
  const error = response.error as
    | { readonly root_cause?: readonly { readonly reason?: string }[]; readonly reason?: string }
    | undefined;
  if (error)
    return {
      hits: [],
      fault: error.root_cause?.[0]?.reason ?? error.reason ?? 'an error without a reason',
    };
  const { hits } = response.hits as { readonly hits: readonly { readonly _id: string }[] };
  return { hits: hits.map(({ _id }) => Number(_id)), fault: undefined };
}
